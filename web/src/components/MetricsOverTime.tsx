import type { PostDetails } from '../api.ts'
import { compact, shortAbsolute, whole } from '../format.ts'
import { recordedValue } from '../snapshots.ts'
import { METRICS } from './Metrics.tsx'

const WIDTH = 100
const HEIGHT = 32
const NAMES: Record<string, string> = {
  initial_capture: 'First seen',
  refresh_24h: 'After 24 hours',
  latest_observed: 'Last seen',
}

/** The four metrics over time: a line chart each, on its own scale, and a table. */
export function MetricsOverTime({ post, snapshots }: Pick<PostDetails, 'post' | 'snapshots'>) {
  const inOrder = snapshots.toSorted((a, b) => Date.parse(a.snapshot_at) - Date.parse(b.snapshot_at))
  if (!inOrder.length) return null
  return (
    <section class="over-time">
      <h3>Metrics over time</h3>
      <div class="lines">
        {METRICS.map(([metric, , , many]) => (
          <Line
            key={metric}
            name={many}
            points={inOrder.flatMap((one) => {
              const value = recordedValue(one, post, metric)
              return value === null ? [] : [{ value, time: Date.parse(one.snapshot_at) }]
            })}
          />
        ))}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable area must be reachable by keyboard. */}
      <section class="scroller" tabIndex={0} aria-label="Metrics over time, as a table">
        <table>
          <thead>
            <tr>
              <th scope="col">When</th>
              {METRICS.map(([metric, , , many]) => (
                <th key={metric} scope="col">
                  {many}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {inOrder.map((one) => (
              <tr key={one.snapshot_type + one.snapshot_at}>
                <th scope="row">
                  {NAMES[one.snapshot_type] ?? one.snapshot_type}
                  <small>{shortAbsolute(Date.parse(one.snapshot_at))}</small>
                </th>
                {METRICS.map(([metric]) => {
                  const value = recordedValue(one, post, metric)
                  return <td key={metric}>{value === null ? 'not recorded' : whole(value)}</td>
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  )
}

type Point = { value: number; time: number }

function Line({ name, points }: { name: string; points: Point[] }) {
  if (!points.length) return null
  const first = points[0]!.value
  const last = points.at(-1)!.value
  const gained = last - first
  return (
    <figure>
      <figcaption>
        <span>{name}</span> <b>{compact(last)}</b>{' '}
        {gained !== 0 && <span class="gained">{`${gained < 0 ? '−' : '+'}${compact(Math.abs(gained))}`}</span>}
      </figcaption>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${name}: from ${whole(first)} to ${whole(last)}`}
      >
        <Points points={plot(points)} />
      </svg>
    </figure>
  )
}

function Points({ points }: { points: [x: number, y: number][] }) {
  return (
    <>
      <path class="line" d={points.map(([x, y], i) => `${i ? 'L' : 'M'}${x} ${y}`).join('')} />
      {/* A dot is a zero-length line with round caps: it stays round however the chart is stretched. */}
      <path class="dots" d={points.map(([x, y]) => `M${x} ${y}h0`).join('')} />
    </>
  )
}

/** x is time; y starts at zero, so that a small gain looks small. */
function plot(points: Point[]): [number, number][] {
  const [start, end] = [points[0]!.time, points.at(-1)!.time]
  const most = Math.max(...points.map((point) => point.value), 1)
  const place = (part: number, length: number) => Math.round((3 + part * (length - 6)) * 10) / 10
  return points.map(({ value, time }, i) => [
    // All at the same instant: spread them evenly.
    place(end > start ? (time - start) / (end - start) : i / Math.max(1, points.length - 1), WIDTH),
    place(1 - value / most, HEIGHT),
  ])
}
