import type { Snapshot } from '../api.ts'
import { compact, shortAbsolute, whole } from '../format.ts'
import { METRICS } from './Metrics.tsx'

const WIDTH = 100
const HEIGHT = 32
const NAMES: Record<string, string> = {
  initial_capture: 'First seen',
  refresh_24h: 'After 24 hours',
  latest_observed: 'Last seen',
}

/** The four metrics over time: a line chart each, on its own scale, and a table. */
export function MetricsOverTime({ snapshots }: { snapshots: Snapshot[] }) {
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
            values={inOrder.map((one) => one[metric])}
            times={inOrder.map((one) => Date.parse(one.snapshot_at))}
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
                {METRICS.map(([metric]) => (
                  <td key={metric}>{whole(one[metric])}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  )
}

function Line({ name, values, times }: { name: string; values: number[]; times: number[] }) {
  const first = values[0]!
  const last = values.at(-1)!
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
        <Points points={plot(values, times)} />
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
function plot(values: number[], times: number[]): [number, number][] {
  const [start, end] = [times[0]!, times.at(-1)!]
  const most = Math.max(...values, 1)
  const place = (part: number, length: number) => Math.round((3 + part * (length - 6)) * 10) / 10
  return values.map((value, i) => [
    // All at the same instant: spread them evenly.
    place(end > start ? (times[i]! - start) / (end - start) : i / Math.max(1, values.length - 1), WIDTH),
    place(1 - value / most, HEIGHT),
  ])
}
