// English words, with the reader's own date format if it is a variety of English.
const LOCALE = globalThis.navigator?.language.startsWith('en') ? navigator.language : 'en'
const MINUTE = 60_000
const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

const compactNumber = new Intl.NumberFormat(LOCALE, { notation: 'compact', maximumFractionDigits: 1 })
const wholeNumber = new Intl.NumberFormat(LOCALE)
const relative = new Intl.RelativeTimeFormat(LOCALE, { numeric: 'always', style: 'narrow' })
const moment = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'full', timeStyle: 'short' })
const shortMoment = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'medium', timeStyle: 'short' })
const dayOfYear = new Intl.DateTimeFormat(LOCALE, { weekday: 'long', day: 'numeric', month: 'long' })
const dayAndYear = new Intl.DateTimeFormat(LOCALE, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' })
const shortDay = new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'short', year: 'numeric' })

/** 1234 -> '1.2K' */
export const compact = (number: number) => compactNumber.format(number)

/** 1234 -> '1,234' */
export const whole = (number: number) => wholeNumber.format(number)

/** 'Monday, April 1, 2024 at 9:56 PM', in the reader's time zone. */
export const absolute = (time: number) => moment.format(time)

/** 'Apr 1, 2024, 9:56 PM' */
export const shortAbsolute = (time: number) => shortMoment.format(time)

/** 'Apr 1, 2024' for a day written 2024-04-01. */
export const dayName = (day: string) => shortDay.format(startOfDay(day))

/** '5m ago', '3h ago', '2d ago', '2y ago'. */
export function ago(time: number, now: number): string {
  const passed = Math.max(0, now - time)
  if (passed < MINUTE) return 'now'
  if (passed < HOUR) return relative.format(-Math.floor(passed / MINUTE), 'minute')
  if (passed < DAY) return relative.format(-Math.floor(passed / HOUR), 'hour')
  if (passed < 30 * DAY) return relative.format(-Math.floor(passed / DAY), 'day')
  if (passed < 365 * DAY) return relative.format(-Math.floor(passed / (30.44 * DAY)), 'month')
  return relative.format(-Math.floor(passed / (365.25 * DAY)), 'year')
}

/** '3 hours': the time between two instants. */
export function duration(from: number, to: number): string {
  const minutes = Math.round(Math.abs(to - from) / MINUTE)
  const [amount, unit] =
    minutes < 90
      ? [minutes, 'minute']
      : minutes < 36 * 60
        ? [Math.round(minutes / 60), 'hour']
        : [Math.round(minutes / 1440), 'day']
  return `${whole(amount as number)} ${unit}${amount === 1 ? '' : 's'}`
}

/** The date of a time in the reader's time zone, as 2024-04-01. */
export function localDay(time: number): string {
  const date = new Date(time)
  const two = (n: number) => String(n).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}

/** The first instant of a date in the reader's time zone; `later` adds days. */
export function startOfDay(day: string, later = 0): number {
  const [year, month, date] = day.split('-').map(Number) as [number, number, number]
  return new Date(year, month - 1, date + later).getTime()
}

/** 'Today', 'Yesterday', 'Monday, April 1' or, in another year, 'Monday, April 1, 2024'. */
export function dayHeading(day: string, today: string): string {
  if (day === today) return 'Today'
  if (startOfDay(day, 1) === startOfDay(today)) return 'Yesterday'
  return (day.slice(0, 4) === today.slice(0, 4) ? dayOfYear : dayAndYear).format(startOfDay(day))
}
