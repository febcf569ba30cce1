/** One line of a bench: what was measured, the figure, its ratio to what it is compared with, and the ratio to reach ('<= 1.3'). */
export type Row = { what: string; value: string; ratio?: number; reach?: string }

/**
 * How far a ratio is within its reach: 1 just reaches it, 2 is twice as good. Undefined where there is nothing to reach,
 * or nothing to be reached but zero.
 */
export function margin({ ratio, reach }: Row): number | undefined {
  const { sign, bound } = parse(reach)
  if (ratio === undefined || !sign || bound === 0) return undefined
  return sign === '<' ? bound / ratio : ratio / bound
}

/** Whether the ratio is within its reach; undefined where there is none. */
export function reached({ ratio, reach }: Row): boolean | undefined {
  const { sign, bound } = parse(reach)
  if (ratio === undefined || !sign) return undefined
  return sign === '<' ? ratio <= bound : ratio >= bound
}

function parse(reach: string | undefined): { sign: string | undefined; bound: number } {
  const [, sign, bound] = reach?.match(/^([<>])= ([\d.]+)$/) ?? []
  return { sign, bound: Number(bound) }
}

export function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]!
}
