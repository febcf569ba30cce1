import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { type Day, daysOf, perDay } from '../activity.ts'
import type { ApiError } from '../api-error.ts'
import { useApp } from '../app-context.ts'
import { isDay, localDay, startOfDay } from '../dates.ts'
import { feedArguments } from '../filters.ts'
import { dayName, whole } from '../format.ts'
import { DayBars } from './DayBars.tsx'
import { Notice } from './Notice.tsx'

const DAYS = 30

/**
 * Posts per day in the reader's time zone. Arrow keys, a pointer or a tap choose a day; Enter, a mouse click or the button
 * filters by it. A tap only chooses: a bar is too narrow to hit reliably with a finger.
 */
export function ActivityChart() {
  const { api, browser, filters, filter, timeline } = useApp()
  const days = useSignal<Day[]>([])
  const error = useSignal<ApiError | undefined>()
  const back = useSignal(0)
  const cursor = useSignal(DAYS - 1)
  const byMouse = useRef(false)

  const load = () => {
    let current = true
    readDays().then(
      (found) => {
        if (!current) return
        days.value = found
        error.value = undefined
      },
      (problem) => {
        if (current) error.value = problem
      },
    )
    return () => {
      current = false
    }
  }
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
  useEffect(load, [back.value, timeline.loadedKey.value, timeline.checkedAt.value])

  const { since, until } = filters.value
  const chosen = days.value[cursor.value]
  const isPicked = (day: string) => isDay(since) && day >= since && (!isDay(until) || day <= until)
  const isOnlyDay = chosen !== undefined && since === chosen.day && until === chosen.day
  const pick = () => {
    if (chosen) filter(isOnlyDay ? { since: '', until: '' } : { since: chosen.day, until: chosen.day })
  }
  const choose = (to: number) => {
    cursor.value = Math.min(DAYS - 1, Math.max(0, to))
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const to = { ArrowLeft: cursor.value - 1, ArrowRight: cursor.value + 1, Home: 0, End: DAYS - 1 }[event.key]
    if (to !== undefined) choose(to)
    else if (event.key === 'Enter' || event.key === ' ') pick()
    else return
    event.preventDefault()
  }
  const onPointer = (event: PointerEvent) => {
    byMouse.current = event.pointerType === 'mouse'
    const { left, width } = (event.currentTarget as Element).querySelector('.plot')!.getBoundingClientRect()
    choose(Math.floor(((event.clientX - left) / width) * DAYS))
  }
  return (
    <section class="activity">
      <header>
        <h3>Posts per day</h3>
        <button type="button" class="square" aria-label="Earlier days" onClick={() => back.value++}>
          ‹
        </button>
        <button
          type="button"
          class="square"
          aria-label="Later days"
          disabled={back.value === 0}
          onClick={() => back.value--}
        >
          ›
        </button>
      </header>
      {error.value && !days.value.length ? (
        <Notice alert text={error.value.message}>
          <button type="button" onClick={load}>
            Try again
          </button>
        </Notice>
      ) : (
        <>
          <div
            class="bars"
            role="slider"
            tabIndex={0}
            aria-label="Day"
            aria-valuemin={1}
            aria-valuemax={DAYS}
            aria-valuenow={cursor.value + 1}
            aria-valuetext={chosen && describeDay(chosen)}
            onKeyDown={onKeyDown}
            onPointerDown={onPointer}
            onPointerMove={onPointer}
            onClick={() => byMouse.current && pick()}
          >
            <DayBars days={days.value} cursor={cursor.value} isPicked={isPicked} />
          </div>
          <p class="caption">
            <span>{chosen && describeDay(chosen)}</span>
            <button type="button" disabled={!chosen} onClick={pick}>
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
  return `${dayName(day)}: ${whole(posts)} ${posts === 1 ? 'post' : 'posts'}, ${whole(significant)} significant`
}
