import type { ComponentChildren } from 'preact'
import { compact } from '../format.ts'

const WIDTH = 360
const HEIGHT = 132
/** Where values are drawn, within the picture. */
export const PLOT = {
  left: 36,
  right: WIDTH - 14,
  top: 10,
  bottom: HEIGHT - 20,
  width: WIDTH - 50,
  height: HEIGHT - 30,
}
/** Half of the longest label of a tick. */
const HALF_LABEL = 28

export const yOf = (value: number, most: number) => PLOT.bottom - (value / most) * PLOT.height

type Props = { most: number; ticks: { x: number; label: string }[]; children: ComponentChildren }

/** A chart's scale, from zero to `most`, and its ticks along the time; what is in between is given. */
export function Plot({ most, ticks, children }: Props) {
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
      {[0, most / 2, most].map((value) => (
        <g key={value}>
          <path class={value ? '' : 'axis'} d={`M${PLOT.left} ${yOf(value, most)}h${PLOT.width}`} />
          {Number.isInteger(value) && (
            <text x={PLOT.left - 5} y={yOf(value, most) + 3.5} text-anchor="end">
              {compact(value)}
            </text>
          )}
        </g>
      ))}
      {ticks.map(({ x, label }) => (
        <g key={x}>
          <path d={`M${x} ${PLOT.bottom}v4`} />
          <text x={Math.min(x, WIDTH - HALF_LABEL)} y={HEIGHT - 4} text-anchor="middle">
            {label}
          </text>
        </g>
      ))}
      <rect class="plot" x={PLOT.left} width={PLOT.width} y={PLOT.top} height={PLOT.height} />
      {children}
    </svg>
  )
}
