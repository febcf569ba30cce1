import { useSignal } from '@preact/signals'
import type { PostDetails } from '../api.ts'
import { compact, shortAbsolute, signed, whole } from '../format.ts'
import { recordedValue } from '../snapshots.ts'
import { MetricChart } from './MetricChart.tsx'
import { METRICS, type Metric } from './Metrics.tsx'
import { Toggle } from './Toggle.tsx'

/** The metrics over time: one at a time as a chart, all of them in a table. */
export function MetricsOverTime({ post, snapshots }: Pick<PostDetails, 'post' | 'snapshots'>) {
  const chosen = useSignal<Metric>('likes')
  const inOrder = snapshots.toSorted((a, b) => Date.parse(a.snapshot_at) - Date.parse(b.snapshot_at))
  const last = inOrder.findLast((one) => one.snapshot_type === 'latest_observed')
  const rows = inOrder.map((one) => ({
    name:
      { initial_capture: 'First seen', refresh_24h: 'After 24 hours' }[one.snapshot_type as string] ??
      (one === last ? 'Last seen' : 'Seen'),
    time: Date.parse(one.snapshot_at),
    value: (metric: Metric) => recordedValue(one, post, metric),
  }))
  const pointsOf = (metric: Metric) =>
    rows.flatMap(({ name, time, value }) => {
      const recorded = value(metric)
      return recorded === null ? [] : [{ name, time, value: recorded }]
    })
  if (!rows.length) return null
  const points = pointsOf(chosen.value)
  return (
    <section class="over-time">
      <h3>Metrics over time</h3>
      <div class="toggles">
        {METRICS.map(([metric]) => {
          const value = pointsOf(metric).at(-1)?.value
          return (
            <Toggle
              key={metric}
              on={metric === chosen.value}
              label={`${metric} ${value === undefined ? '' : compact(value)}`}
              set={() => {
                chosen.value = metric
              }}
            />
          )
        })}
      </div>
      {points.length > 0 && <MetricChart key={chosen.value} label={chosen.value} points={points} />}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable area must be reachable by keyboard. */}
      <section class="scroller" tabIndex={0} aria-label="Metrics over time, as a table">
        <table>
          <thead>
            <tr>
              <th scope="col">When</th>
              {METRICS.map(([metric]) => (
                <th key={metric} scope="col">
                  {metric}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ name, time, value }, i) => (
              <tr key={i}>
                <th scope="row">
                  {name} <small>{shortAbsolute(time)}</small>
                </th>
                {METRICS.map(([metric]) => (
                  <Cell key={metric} value={value(metric)} before={rows[i - 1]?.value(metric) ?? null} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  )
}

/** A value, and how much more that is than the one before. */
function Cell({ value, before }: { value: number | null; before: number | null }) {
  return (
    <td>
      {value === null ? 'not recorded' : whole(value)}
      {value !== null && before !== null && value !== before && <small> {signed(value - before)}</small>}
    </td>
  )
}
