/**
 * The rules for single values, docs/rules.md#rule-2 to #rule-8. Each takes what SQLite holds and returns the text that
 * Postgres reads as exactly that value, null, or a Reject. No rule replaces, rounds or shortens anything.
 */

/** What a SQLite cell can hold. A JS number is always an integer here; a REAL has its own class. */
export type SqlValue = null | string | number | bigint | Real | Blob | InvalidText

/** A SQLite REAL, as its shortest exact text. */
export class Real {
  private constructor(readonly text: string) {}

  static of(number: number): Real {
    return new Real(Number.isInteger(number) && Math.abs(number) < 1e15 ? number.toFixed(1) : String(number))
  }
}

/** A SQLite BLOB, in hex. */
export class Blob {
  constructor(readonly hex: string) {}
}

/** A SQLite TEXT that is not valid UTF-8, in hex. */
export class InvalidText {
  constructor(readonly hex: string) {}
}

/** Why a value cannot be moved. */
export class Reject {
  constructor(readonly reason: string) {}
}

export type Rule = {
  (value: SqlValue): string | null | Reject
  /** Of the text, where it is one of several ways to write the same value. */
  readonly type?: 'boolean' | 'timestamp' | 'vector' | undefined
}

/** Postgres can index up to about 2,700 bytes; three keys of this size fit. */
const KEY_BYTES = 1_000
const INT8_MAX = 2n ** 63n - 1n
const INT8_MIN = -(2n ** 63n)

function typed(type: Rule['type'], rule: Rule): Rule {
  return Object.assign(rule, { type })
}

/** The rule, with null rejected. */
export function required(rule: Rule): Rule {
  return typed(rule.type, (value) => rule(value) ?? new Reject('is empty, but required'))
}

/** The rule, with null replaced by a default (a count of 0, false, ...). */
export function orElse(fallback: string, rule: Rule): Rule {
  return typed(rule.type, (value) => rule(value) ?? fallback)
}

/** Kept to the byte; empty stays empty: docs/rules.md#rule-6. An integer becomes its digits: #rule-2. */
export const text: Rule = (value) => {
  if (value === null) return null
  if (typeof value === 'string') {
    if (value.includes('\0')) return new Reject('holds a NUL character, which Postgres cannot store')
    return value.isWellFormed() ? value : new Reject('holds half of a surrogate pair, which is not valid Unicode')
  }
  if (typeof value === 'bigint' || Number.isSafeInteger(value)) return String(value)
  if (value instanceof InvalidText) return new Reject('is not valid UTF-8')
  return new Reject(`is ${describe(value)}, not text`)
}

/** Text that is part of a key: short enough for every index. */
export const shortText: Rule = (value) => {
  const result = text(value)
  const long = typeof result === 'string' && Buffer.byteLength(result) > KEY_BYTES
  return long ? new Reject(`is longer than ${KEY_BYTES} bytes`) : result
}

/** Text that names a row: short, and not empty. */
export const key: Rule = (value) => {
  const result = shortText(value)
  return result === '' ? new Reject('is empty, but required') : result
}

/** Trimmed, without one leading @, in lower case: docs/rules.md#rule-3. */
export const handle: Rule = (value) => {
  const result = text(value)
  return typeof result === 'string' ? key(result.trim().replace(/^@/, '').toLowerCase()) : result
}

/** 64-bit integers; '' and null are null: docs/rules.md#rule-5. */
export const integer: Rule = (value) => {
  if (value === null || value === '') return null
  if (Number.isSafeInteger(value)) return String(value)
  if (typeof value === 'bigint') return String(value)
  if (value instanceof Real && /^-?\d{1,15}\.0$/.test(value.text)) return value.text.slice(0, -2)
  if (typeof value !== 'string' || !/^-?\d+$/.test(value)) return new Reject(`${describe(value)} is not an integer`)
  const number = BigInt(value)
  return number < INT8_MIN || number > INT8_MAX ? new Reject(`${describe(value)} is beyond 64 bits`) : String(number)
}

/** docs/rules.md#rule-7 */
const BOOLEANS = new Map([
  ...['1', 'true', 't', 'yes'].map((word) => [word, 't'] as const),
  ...['0', 'false', 'f', 'no'].map((word) => [word, 'f'] as const),
])

export const boolean: Rule = typed('boolean', (value) => {
  if (value === null) return null
  const word = typeof value === 'object' ? undefined : BOOLEANS.get(String(value).toLowerCase())
  return word ?? new Reject(`${describe(value)} is neither true nor false`)
})

/** One of the words; `also` maps other spellings to them: docs/rules.md#rule-7. */
export function oneOf(words: readonly string[], also: Record<string, string> = {}): Rule {
  const known = new Map([...words.map((word) => [word, word] as const), ...Object.entries(also)])
  return (value) => {
    if (value === null) return null
    const word = typeof value === 'string' ? known.get(value) : undefined
    return word ?? new Reject(`${describe(value)} is not one of ${words.join(', ')}`)
  }
}

const TIMESTAMP = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?(Z|[+-]\d\d(?::?\d\d)?)?)?$/

/** ISO 8601 to the microsecond; without an offset UTC, a bare date is midnight: docs/rules.md#rule-4. Postgres gets the digits as written. */
export const timestamp: Rule = typed('timestamp', (value) => {
  if (value === null || value === '') return null
  const parts = typeof value === 'string' ? TIMESTAMP.exec(value) : null
  if (!parts) return new Reject(`${describe(value)} is not an ISO 8601 timestamp`)
  const [, year, month, day, hour = '00', minute = '00', second = '00', fraction = '0', offset = 'Z'] = parts
  if (!isDay(Number(year), Number(month), Number(day))) return new Reject(`${describe(value)} is not a valid date`)
  if (hour > '23' || minute > '59' || second > '59') return new Reject(`${describe(value)} is not a valid time`)
  if (offset !== 'Z' && !isOffset(offset)) return new Reject(`${describe(value)} has an invalid UTC offset`)
  return `${year}-${month}-${day} ${hour}:${minute}:${second}.${fraction}${offset}`
})

/** A JSON array of finite numbers, kept as written: docs/rules.md#rule-8. Its length is checked against dims in copy-lines.ts. */
export const vector: Rule = typed('vector', (value) => {
  if (value === null) return null
  const json = text(value)
  if (typeof json !== 'string') return json
  return isVector(json) ? json : new Reject('is not a JSON array of finite numbers')
})

const BEYOND_NUMERIC = /\.\d{1000}|e[+-]?0*[1-9]\d{3}/i

function isVector(json: string): boolean {
  let numbers: unknown
  try {
    numbers = JSON.parse(json)
  } catch {
    return false
  }
  // Postgres allows 16,383 digits after the point; a number beyond that would make the whole import fail.
  return Array.isArray(numbers) && numbers.every(Number.isFinite) && !BEYOND_NUMERIC.test(json)
}

/** How many numbers a vector has that passed the rule: its commas can only stand between two numbers. */
export function vectorLength(vector: string): number {
  let commas = 0
  for (let at = vector.indexOf(','); at >= 0; at = vector.indexOf(',', at + 1)) commas++
  return commas > 0 || /\d/.test(vector) ? commas + 1 : 0
}

/** The value as a message names it, shortened. */
function describe(value: SqlValue): string {
  if (value === null) return 'null'
  if (value instanceof Real) return `the real number ${value.text}`
  if (value instanceof Blob) return 'a BLOB'
  if (value instanceof InvalidText) return 'text that is not valid UTF-8'
  if (typeof value === 'string') return `'${value.length > 60 ? `${value.slice(0, 60)}...` : value}'`
  return String(value)
}

function isDay(year: number, month: number, day: number): boolean {
  if (year < 1 || month < 1 || month > 12 || day < 1) return false
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return day <= [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]!
}

function isOffset(offset: string): boolean {
  const [hours, minutes] = [offset.slice(1, 3), offset.slice(3).replace(':', '') || '00']
  return hours <= '15' && minutes <= '59'
}
