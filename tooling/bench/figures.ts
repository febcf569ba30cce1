/** One line of a bench: what was measured, the figure, its ratio to what it is compared with, and the ratio to reach ('<= 1.3'). */
export type Row = {
  what: string
  value: string
  ratio?: number
  reach?: string | undefined
  /** Where the figure lies on a curve of this name, as a ratio to the curve's first point. */
  point?: Point
}

export type Point = { name: string; posts: number; ratio: number }

/**
 * How far a ratio is within its reach: 1 just reaches it, 2 is twice as good. Undefined where there is nothing to reach,
 * or nothing to be reached but zero.
 */
export function margin({ ratio, reach }: Row): number | undefined {
  if (ratio === undefined || reach === undefined) return undefined
  const { sign, bound } = parse(reach)
  if (bound === 0) return undefined
  return sign === '<' ? bound / ratio : ratio / bound
}

/** Whether the ratio is within its reach; undefined where there is none. */
export function reached({ ratio, reach }: Row): boolean | undefined {
  if (ratio === undefined || reach === undefined) return undefined
  const { sign, bound } = parse(reach)
  return sign === '<' ? ratio <= bound : ratio >= bound
}

function parse(reach: string): { sign: string; bound: number } {
  const [, sign, bound] = reach.match(/^([<>])= ([\d.]+)$/) ?? []
  if (!sign) throw new Error(`'${reach}' is nothing that a ratio can reach.`)
  return { sign, bound: Number(bound) }
}

export function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]!
}
