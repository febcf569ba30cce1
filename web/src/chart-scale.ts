import { DAY, HOUR, localDay, startOfDay } from './dates.ts'

const MAX_TICKS = 5
const HOURS = [1, 2, 3, 6, 12]
const DAYS = [1, 2, 7, 14, 30, 90, 365]

/** The smallest of 1, 2, 5, 10, 20, 50, ... that is not less: the top of a scale. */
export function niceCeiling(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, value)))
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= value)!
}

/** Full hours or days of the reader's time zone between two instants, a handful at most; `whole` if they are days. */
export function timeTicks(from: number, to: number): { ticks: number[]; whole: boolean } {
  const first = localDay(from)
  const hours = HOURS.find((step) => (to - from) / (step * HOUR) <= MAX_TICKS)
  const days = DAYS.find((step) => (to - from) / (step * DAY) <= MAX_TICKS) ?? Math.ceil((to - from) / DAY / MAX_TICKS)
  // Not every day has 24 hours.
  const tick = (i: number) => (hours ? startOfDay(first) + i * hours * HOUR : startOfDay(first, i * days))
  const ticks: number[] = []
  for (let i = 0; tick(i) <= to; i++) if (tick(i) >= from) ticks.push(tick(i))
  return { ticks, whole: !hours }
}
