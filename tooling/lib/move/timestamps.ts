import { describe, Real, type SqlValue } from './sqlite-values.ts'
import { Reject, type Rule, typed } from './values.ts'

const TIMESTAMP = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?(Z|[+-]\d\d(?::?\d\d)?)?)?$/

/** ISO 8601 to the microsecond; without an offset UTC, a bare date is midnight: docs/rules.md#rule-4. Postgres gets the digits as written. */
export const timestamp: Rule = typed('timestamp', (value) => {
  if (value === null || value === '') return null
  const parts = typeof value === 'string' ? TIMESTAMP.exec(value) : null
  if (!parts) return new Reject(`is not an ISO 8601 timestamp${looksLike(value)}`, describe(value))
  const [, year, month, day, hour = '00', minute = '00', second = '00', fraction = '0', offset = 'Z'] = parts
  if (!isDay(Number(year), Number(month), Number(day))) return new Reject('is not a valid date', describe(value))
  if (hour > '23' || minute > '59' || second > '59') return new Reject('is not a valid time', describe(value))
  const away = minutesOf(offset)
  if (away === undefined) return new Reject('has an invalid UTC offset', describe(value))
  const date = `${year}-${month}-${day}`
  const inUtc = Number(hour) * 60 + Number(minute) - away
  if ((date === '0001-01-01' && inUtc < 0) || (date === '9999-12-31' && inUtc >= 24 * 60))
    return new Reject('is outside the years 0001 to 9999 in UTC', describe(value))
  return `${date} ${hour}:${minute}:${second}.${fraction}${offset}`
})

function isDay(year: number, month: number, day: number): boolean {
  if (year < 1 || month < 1 || month > 12 || day < 1) return false
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return day <= [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]!
}

/** An offset in minutes; undefined when Postgres would not accept it. */
function minutesOf(offset: string): number | undefined {
  if (offset === 'Z') return 0
  const [hours, minutes] = [offset.slice(1, 3), offset.slice(3).replace(':', '') || '00']
  if (hours > '15' || minutes > '59') return undefined
  return (Number(hours) * 60 + Number(minutes)) * (offset[0] === '-' ? -1 : 1)
}

/** Ranges of numbers that are probably instants of this century, and notations of dates. */
const NUMBERS: [min: number, max: number, name: string][] = [
  [1e9, 1e10, 'Unix seconds'],
  [1e12, 1e13, 'Unix milliseconds'],
  [1e15, 1e16, 'Unix microseconds'],
  [1e18, 1e19, 'Unix nanoseconds'],
  [2_451_910, 2_556_300, 'a Julian day'],
  [36_526, 73_051, 'a date of Excel'],
  [3e8, 1e9, 'seconds since 2001, as Apple counts'],
]
const NOTATIONS: [pattern: RegExp, name: string][] = [
  [/^[A-Z][a-z]{2} [A-Z][a-z]{2} \d\d? \d\d:\d\d:\d\d [+-]\d{4} \d{4}$/, "the date format of X's older API"],
  [/^[A-Z][a-z]{2}, \d\d? [A-Z][a-z]{2} \d{4}\b/, 'an RFC 2822 date'],
  [/^\d\d?[./]\d\d?[./]\d{4}\b/, 'a local date'],
  [/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)? [+-]\d{4} /, 'what Go prints for a time'],
  [/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\.\d{7,}/, 'a timestamp with more than six decimals'],
]

/** What such a value probably is, for the operator: nothing is converted on a guess. */
function looksLike(value: SqlValue): string {
  const text = value instanceof Real ? value.text : typeof value === 'object' ? '' : String(value)
  const number = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
  const [, , name] = NUMBERS.find(([min, max]) => number >= min && number < max) ?? []
  const [, notation] = NOTATIONS.find(([pattern]) => pattern.test(text)) ?? []
  const guess = name ?? notation
  return guess ? `; it looks like ${guess}` : ''
}
