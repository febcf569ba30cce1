import { DAY, HOUR, isValid, MINUTE, startOfDay } from './dates.ts'

// English words, in the reader's own variety of English if there is one, with the 12 or 24 hours of the reader's own language.
const language = globalThis.navigator?.language ?? 'en'
const LOCALE = language.startsWith('en') ? language : 'en'

// Each formatter is created when it is first used: that takes a slow phone milliseconds.
const lazily = <T>(create: () => T) => {
  let value: T | undefined
  return () => (value ??= create())
}
// Where the words are the reader's own, so are the hours.
const hourCycle = lazily(() =>
  LOCALE === language ? undefined : new Intl.DateTimeFormat(language, { hour: 'numeric' }).resolvedOptions().hourCycle,
)
const compactNumber = lazily(() => new Intl.NumberFormat(LOCALE, { notation: 'compact', maximumFractionDigits: 1 }))
const wholeNumber = lazily(() => new Intl.NumberFormat(LOCALE))
const relative = lazily(() => new Intl.RelativeTimeFormat(LOCALE, { numeric: 'always', style: 'narrow' }))
const dateFormat = (options: Intl.DateTimeFormatOptions) => {
  const format = lazily(() => new Intl.DateTimeFormat(LOCALE, { hourCycle: hourCycle(), ...options }))
  // Intl throws on an invalid date, and a throw while rendering blanks the page.
  return (time: number) => (isValid(time) ? format().format(time) : 'unknown time')
}
const weekday = { weekday: 'long', day: 'numeric', month: 'long' } as const
const dayOfYear = dateFormat(weekday)
const dayAndYear = dateFormat({ ...weekday, year: 'numeric' })
const shortDay = dateFormat({ day: 'numeric', month: 'short', year: 'numeric' })

export const capitalize = (word: string) => word.charAt(0).toUpperCase() + word.slice(1)

/** 1234 -> '1.2K' */
export const compact = (number: number) => compactNumber().format(number)

/** 1234 -> '1,234' */
export const whole = (number: number) => wholeNumber().format(number)

/** '1 post', '1,234 posts' */
export const counted = (number: number, one = 'post') => `${whole(number)} ${one}${number === 1 ? '' : 's'}`

/** 282 -> '+282' */
export const signed = (gain: number, format = whole) => `${gain < 0 ? '−' : '+'}${format(Math.abs(gain))}`

/** 'Monday, April 1, 2024 at 9:56 PM', in the reader's time zone. */
export const absolute = dateFormat({ dateStyle: 'full', timeStyle: 'short' })

/** 'Apr 1, 2024, 9:56 PM' */
export const shortAbsolute = dateFormat({ dateStyle: 'medium', timeStyle: 'short' })

/** '21:56' */
export const clock = dateFormat({ timeStyle: 'short' })

/** 'Apr 1' */
export const monthDay = dateFormat({ day: 'numeric', month: 'short' })

/** 'Apr 1, 2024' for a date written 2024-04-01. */
export const dayName = (day: string) => shortDay(startOfDay(day))

const UNITS = [
  ['year', 365.25 * DAY],
  ['month', 30.44 * DAY],
  ['day', DAY],
  ['hour', HOUR],
  ['minute', MINUTE],
] as const

/** '5m ago', '3h ago', '2d ago', '2y ago'. */
export function ago(time: number, now: number): string {
  const passed = now - time
  if (!isValid(passed)) return 'unknown time'
  const [unit, length] = UNITS.find(([, length]) => passed >= length) ?? []
  return unit ? relative().format(-Math.floor(passed / length), unit) : 'now'
}

/** '3 hours': the time between two instants, in the largest unit that it is nearly two of. */
export function duration(from: number, to: number): string {
  const passed = Math.abs(to - from)
  if (!isValid(passed)) return 'an unknown time'
  const [unit, length] = UNITS.find(([, length]) => passed >= 1.5 * length) ?? ['minute', MINUTE]
  return counted(Math.round(passed / length), unit)
}

/** 'Today', 'Yesterday', 'Monday, April 1' or, in another year, 'Monday, April 1, 2024'. */
export function dayHeading(day: string, today: string): string {
  if (day === today) return 'Today'
  if (startOfDay(day, 1) === startOfDay(today)) return 'Yesterday'
  return (day.slice(0, 4) === today.slice(0, 4) ? dayOfYear : dayAndYear)(startOfDay(day))
}
