import { useSignal } from '@preact/signals'
import { niceCeiling, timeTicks } from '../chart-scale.ts'
import { HOUR } from '../dates.ts'
import { clock, compact, monthDay, shortAbsolute, signed, whole } from '../format.ts'
import { ChartSlider } from './ChartSlider.tsx'
import { PLOT, Plot, yOf } from './Plot.tsx'

export type Point = { name: string; time: number; value: number }

/** One metric over time, from zero, so that a small gain looks small; with the value and the rate where the reader points. */
export function MetricChart({ label, points }: { label: string; points: Point[] }) {
  const cursor = useSignal(Infinity)
  const at = Math.min(cursor.value, points.length - 1)
  const [from, to] = [points[0]!.time, points.at(-1)!.time]
  const most = niceCeiling(Math.max(...points.map((point) => point.value)))
  // All at the same instant: evenly spread.
  const part = (time: number, i: number) =>
    to > from ? (time - from) / (to - from) : i / Math.max(1, points.length - 1)
  const x = (time: number, i = 0) => PLOT.left + 6 + part(time, i) * (PLOT.width - 12)
  const { ticks, whole: days } = to > from ? timeTicks(from, to) : { ticks: [], whole: true }
  const distance = (i: number, place: number) => Math.abs(part(points[i]!.time, i) - place)
  const text = describe(label, points, at)
  return (
    <>
      <ChartSlider
        label={`${label} over time`}
        count={points.length}
        at={at}
        text={text}
        choose={(to) => {
          cursor.value = to
        }}
        nearest={(place) => points.reduce((best, _, i) => (distance(i, place) < distance(best, place) ? i : best), 0)}
      >
        <Plot most={most} ticks={ticks.map((time) => ({ x: x(time), label: (days ? monthDay : clock)(time) }))}>
          <path class="reach" d={`M${x(points[at]!.time, at)} ${PLOT.top}v${PLOT.height}`} />
          <path
            class="line"
            d={points.map(({ time, value }, i) => `${i ? 'L' : 'M'}${x(time, i)} ${yOf(value, most)}`).join('')}
          />
          {points.map(({ time, value }, i) => (
            <circle
              key={i}
              class={i === at ? 'picked' : ''}
              cx={x(time, i)}
              cy={yOf(value, most)}
              r={i === at ? 5 : 3.5}
            />
          ))}
        </Plot>
      </ChartSlider>
      <p class="caption">{text}</p>
    </>
  )
}

/** 'After 24 hours, Apr 1, 2024, 21:56: 412 likes, +282, 11.8 per hour' */
function describe(label: string, points: Point[], at: number): string {
  const { name, time, value } = points[at]!
  const before = points[at - 1]
  const hours = before && (time - before.time) / HOUR
  const rate = hours ? `, ${signed((value - before.value) / hours, compact)} per hour since` : ''
  return `${name}, ${shortAbsolute(time)}: ${whole(value)} ${label}${before ? `, ${signed(value - before.value)}` : ''}${rate}`
}
