export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR
/** What a Date can hold. */
const MAX_TIME = 8.64e15

/** The date of a time in the reader's time zone, as 2024-04-01. */
export function localDay(time: number): string {
  const date = new Date(time)
  const parts = [date.getFullYear(), date.getMonth() + 1, date.getDate()]
  return parts.map((part, i) => String(part).padStart(i ? 2 : 4, '0')).join('-')
}

/** The first instant of a date in the reader's time zone; `later` adds days. */
export function startOfDay(day: string, later = 0): number {
  const [year, month, date] = day.split('-').map(Number) as [number, number, number]
  // The constructor takes the years 0 to 99 for 1900 to 1999.
  return new Date(2000, 0).setFullYear(year, month - 1, date + later)
}

/** True for a valid date written 2024-04-01. */
export const isDay = (text: string) => /^\d{4}-\d\d-\d\d$/.test(text) && localDay(startOfDay(text)) === text

/** True for a date with a time. */
export const isInstant = (text: string) => /T/i.test(text) && isValid(Date.parse(text))

/** False for the times of invalid dates, which Intl refuses. */
export function isValid(time: number): boolean {
  return Math.abs(time) <= MAX_TIME
}
