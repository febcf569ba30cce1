import type { Day } from '../activity.ts'
import { niceCeiling } from '../chart-scale.ts'
import { startOfDay } from '../dates.ts'
import { compact, monthDay } from '../format.ts'

const WIDTH = 360
const HEIGHT = 104
const PLOT = { left: 26, right: WIDTH, top: 8, bottom: HEIGHT - 18 }
const MONDAY = 1

type Props = { days: Day[]; cursor: number; isPicked: (day: string) => boolean }

/** A bar per day, the significant posts at its bottom, with a scale and a tick per week. */
export function DayBars({ days, cursor, isPicked }: Props) {
  const most = niceCeiling(Math.max(1, ...days.map((day) => day.posts)))
  const step = (PLOT.right - PLOT.left) / days.length
  const y = (posts: number) => PLOT.bottom - (posts / most) * (PLOT.bottom - PLOT.top)
  const height = (posts: number) => (posts === 0 ? 0 : Math.max(1.5, PLOT.bottom - y(posts)))
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
      {[most, most / 2].map((value) => (
        <g key={value} class="scale">
          <path d={`M${PLOT.left} ${y(value)}H${PLOT.right}`} />
          {Number.isInteger(value) && (
            <text x={PLOT.left - 5} y={y(value) + 3.5} text-anchor="end">
              {compact(value)}
            </text>
          )}
        </g>
      ))}
      <rect class="plot" x={PLOT.left} width={PLOT.right - PLOT.left} y={PLOT.top} height={PLOT.bottom - PLOT.top} />
      {days.map(({ day, posts, significant }, i) => {
        const x = PLOT.left + i * step
        const bar = { x: x + step * 0.15, width: step * 0.7 }
        return (
          <g key={day} class={isPicked(day) ? 'picked' : ''}>
            {i === cursor && <rect class="reach" x={x} width={step} y={0} height={PLOT.bottom} />}
            <rect class="posts" {...bar} y={PLOT.bottom - height(posts)} height={height(posts)} />
            <rect class="significant" {...bar} y={PLOT.bottom - height(significant)} height={height(significant)} />
            {new Date(startOfDay(day)).getDay() === MONDAY && x < PLOT.right - 2 * step && (
              <g class="scale">
                <path d={`M${x + step / 2} ${PLOT.bottom}v4`} />
                <text x={x + step / 2} y={HEIGHT - 3} text-anchor="middle">
                  {monthDay(startOfDay(day))}
                </text>
              </g>
            )}
          </g>
        )
      })}
      <path class="axis" d={`M${PLOT.left} ${PLOT.bottom}H${PLOT.right}`} />
    </svg>
  )
}
