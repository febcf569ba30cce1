import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { useApp } from '../app-context.ts'
import { isDay } from '../filters.ts'
import { dayName, localDay, startOfDay, whole } from '../format.ts'

const DAYS = 30
const HEIGHT = 64
type Day = { day: string; posts: number; significant: number }

/** Posts per day in the reader's time zone, the significant ones at the bottom. A click or Enter filters by a day. */
export function ActivityChart({ newest }: { newest: string | null | undefined }) {
  const { api, filters, filter } = useApp()
  const days = useSignal<Day[] | undefined>()
  const back = useSignal(0)
  const cursor = useSignal(DAYS - 1)
  const last = newest ? localDay(Date.parse(newest)) : undefined

  useEffect(() => {
    if (!last) return
    const end = localDay(startOfDay(last, -DAYS * back.value))
    const start = localDay(startOfDay(end, 1 - DAYS))
    let current = true
    api
      .activity({ since: new Date(startOfDay(start)).toISOString(), until: new Date(startOfDay(end, 1)).toISOString() })
      .then((rows) => {
        if (current) days.value = perDay(start, rows)
      })
      .catch(() => {})
    return () => {
      current = false
    }
  }, [last, back.value])

  const { since, until } = filters.value
  const all = days.value ?? []
  const most = Math.max(1, ...all.map((day) => day.posts))
  const at = all[cursor.value]
  const pick = (day: string) =>
    filter(since === day && until === day ? { since: '', until: '' } : { since: day, until: day })
  const picked = (day: string) => isDay(since) && day >= since && (!isDay(until) || day <= until)

  const move = (to: number) => {
    cursor.value = Math.min(DAYS - 1, Math.max(0, to))
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const to = { ArrowLeft: cursor.value - 1, ArrowRight: cursor.value + 1, Home: 0, End: DAYS - 1 }[event.key]
    if (to !== undefined) move(to)
    else if ((event.key === 'Enter' || event.key === ' ') && at) pick(at.day)
    else return
    event.preventDefault()
  }
  const onPointerMove = (event: PointerEvent) => {
    const { left, width } = (event.currentTarget as Element).getBoundingClientRect()
    move(Math.floor(((event.clientX - left) / width) * DAYS))
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
      <div
        class="bars"
        role="slider"
        tabIndex={0}
        aria-label="Day, press Enter to filter by it"
        aria-valuemin={1}
        aria-valuemax={DAYS}
        aria-valuenow={cursor.value + 1}
        aria-valuetext={at && describeDay(at)}
        onKeyDown={onKeyDown}
        onPointerMove={onPointerMove}
        onClick={() => at && pick(at.day)}
      >
        <svg viewBox={`0 0 ${DAYS * 10} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
          {all.map(({ day, posts, significant }, i) => (
            <g key={day} class={picked(day) ? 'picked' : ''}>
              {i === cursor.value && <rect class="reach" x={i * 10} width={10} height={HEIGHT} />}
              <rect class="posts" x={i * 10 + 1.5} width={7} y={HEIGHT - height(posts)} height={height(posts)} />
              <rect
                class="significant"
                x={i * 10 + 1.5}
                width={7}
                y={HEIGHT - height(significant)}
                height={height(significant)}
              />
            </g>
          ))}
        </svg>
      </div>
      <p class="caption">{at ? describeDay(at) : '\u00a0'}</p>
    </section>
  )

  function height(posts: number) {
    return posts === 0 ? 0 : Math.max(1.5, Math.round((posts / most) * HEIGHT * 10) / 10)
  }
}

function describeDay({ day, posts, significant }: Day): string {
  return `${dayName(day)}: ${whole(posts)} ${posts === 1 ? 'post' : 'posts'}, ${whole(significant)} significant`
}

function perDay(start: string, rows: { bucket_at: string; posts: number; significant: number }[]): Day[] {
  const days = Array.from({ length: DAYS }, (_, i) => ({
    day: localDay(startOfDay(start, i)),
    posts: 0,
    significant: 0,
  }))
  const byDay = new Map(days.map((day) => [day.day, day]))
  for (const row of rows) {
    const day = byDay.get(localDay(Date.parse(row.bucket_at)))
    if (!day) continue
    day.posts += row.posts
    day.significant += row.significant
  }
  return days
}
