import type { DayCounts } from '../state.ts'

const HEIGHT = 14
const HOUR_WIDTH = 4
/** A quiet day must not look busy. */
const MIN_SCALE = 3

/** When a day's posts came, hour by hour, the significant ones in the accent color. */
export function DayStrip({ counts: { hours, significant } }: { counts: DayCounts }) {
  const most = Math.max(MIN_SCALE, ...hours)
  const bars = (counts: number[]) =>
    counts
      .map((count, i) => (count ? `M${(i + 0.5) * HOUR_WIDTH} ${HEIGHT}V${HEIGHT * (1 - count / most)}` : ''))
      .join('')
  return (
    <svg class="strip" viewBox={`0 0 ${24 * HOUR_WIDTH} ${HEIGHT}`} aria-hidden="true">
      <path class="axis" d={`M0 ${HEIGHT}H${24 * HOUR_WIDTH}`} />
      <path d={bars(hours)} />
      <path class="significant" d={bars(significant)} />
    </svg>
  )
}
