import type { Day } from '../activity.ts'
import { niceCeiling } from '../chart-scale.ts'
import { startOfDay } from '../dates.ts'
import { monthDay } from '../format.ts'
import { PLOT, Plot, yOf } from './Plot.tsx'

const MONDAY = 1

type Props = { days: Day[]; cursor: number; isPicked: (day: string) => boolean }

/** A bar per day, the significant posts at its bottom, with a scale and a tick per week. */
export function DayBars({ days, cursor, isPicked }: Props) {
  const most = niceCeiling(Math.max(1, ...days.map((day) => day.posts)))
  const step = PLOT.width / days.length
  const x = (i: number) => PLOT.left + i * step
  const ticks = days.flatMap(({ day }, i) => {
    const start = startOfDay(day)
    return new Date(start).getDay() === MONDAY ? { x: x(i + 0.5), label: monthDay(start) } : []
  })
  const bar = (name: string, i: number, posts: number) => {
    const height = posts && Math.max(1.5, PLOT.bottom - yOf(posts, most))
    return <rect class={name} x={x(i + 0.15)} width={step * 0.7} y={PLOT.bottom - height} height={height} />
  }
  return (
    <Plot most={most} ticks={ticks}>
      {days.map(({ day, posts, significant }, i) => (
        <g key={day} class={isPicked(day) ? 'picked' : ''}>
          {i === cursor && <rect class="reach" x={x(i)} width={step} y={0} height={PLOT.bottom} />}
          {bar('posts', i, posts)}
          {bar('significant', i, significant)}
        </g>
      ))}
    </Plot>
  )
}
