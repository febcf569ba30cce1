import { useSignal } from '@preact/signals'
import { type Day, daysOf, perDay } from '../activity.ts'
import { useApp } from '../app-context.ts'
import { isDay, localDay, startOfDay } from '../dates.ts'
import { feedArguments } from '../filters.ts'
import { counted, dayName, whole } from '../format.ts'
import { useLoaded } from '../use-loaded.ts'
import { ChartSlider } from './ChartSlider.tsx'
import { DayBars } from './DayBars.tsx'
import { Failed } from './Failed.tsx'

const DAYS = 30

/** Posts per day in the reader's time zone. A day that is picked, or the button, becomes a filter. */
export function ActivityChart() {
  const { api, browser, filters, filter, timeline } = useApp()
  const back = useSignal(0)
  const cursor = useSignal(DAYS - 1)

  /** The last days with posts of these filters, whatever dates they have: the chart is there to choose dates. */
  async function readDays(): Promise<Day[]> {
    const { since, until, ...others } = feedArguments(filters.peek(), browser.now())
    const [newest] = since || until ? await api.feed({ ...others, limit: 1 }) : timeline.posts.peek()
    const last = localDay(newest ? Date.parse(newest.discovered_at) : browser.now())
    const dates = daysOf(localDay(startOfDay(last, -DAYS * back.peek())), DAYS)
    const range = { since: startOf(dates[0]!), until: startOf(dates.at(-1)!, 1) }
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
    return perDay(dates, await api.activity({ ...others, ...range, zone }))
  }
  const {
    answer: days = [],
    error,
    reload,
  } = useLoaded(readDays, [back.value, timeline.loadedKey.value, timeline.checkedAt.value])

  const { since, until } = filters.value
  const chosen = days[cursor.value]
  const isPicked = (day: string) => isDay(since) && day >= since && (!isDay(until) || day <= until)
  const isOnlyDay = chosen !== undefined && since === chosen.day && until === chosen.day
  const pick = () => {
    if (chosen) filter(isOnlyDay ? { since: '', until: '' } : { since: chosen.day, until: chosen.day })
  }
  return (
    <section class="activity">
      <header>
        <h3>Posts per day</h3>
        <button class="square" aria-label="Earlier days" onClick={() => back.value++}>
          ‹
        </button>
        <button class="square" aria-label="Later days" disabled={back.value === 0} onClick={() => back.value--}>
          ›
        </button>
      </header>
      {error && !days.length ? (
        <Failed error={error} retry={reload} />
      ) : (
        <>
          <ChartSlider
            class="bars"
            label="Day"
            count={DAYS}
            at={cursor.value}
            text={chosen && describeDay(chosen)}
            choose={(to) => {
              cursor.value = to
            }}
            nearest={(part) => Math.floor(part * DAYS)}
            pick={pick}
          >
            <DayBars days={days} cursor={cursor.value} isPicked={isPicked} />
          </ChartSlider>
          <p class="caption">
            <span>{chosen && describeDay(chosen)}</span>
            <button disabled={!chosen} onClick={pick}>
              {isOnlyDay ? 'Show all days' : 'Show this day'}
            </button>
          </p>
        </>
      )}
    </section>
  )
}

const startOf = (day: string, later = 0) => new Date(startOfDay(day, later)).toISOString()

function describeDay({ day, posts, significant }: Day): string {
  return `${dayName(day)}: ${counted(posts)}, ${whole(significant)} significant`
}
