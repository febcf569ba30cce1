import { describe, InvalidText, Real, type SqlValue } from './sqlite-values.ts'

/**
 * The rules for single values, docs/rules.md#rule-2 to #rule-8. Each takes what SQLite holds and returns the text that
 * Postgres reads as exactly that value, null, or a Reject. No rule replaces, rounds or shortens anything.
 */

/** Why a value cannot be moved: the kind of fault, which is the same for many values, and the value if it helps. */
export class Reject {
  constructor(
    readonly kind: string,
    readonly value?: string,
  ) {}
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

export function typed(type: Rule['type'], rule: Rule): Rule {
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
  if (value instanceof InvalidText) return new Reject(`is not valid ${value.encoding}`)
  return new Reject('is not text', describe(value))
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
  if (typeof value === 'bigint') return within64Bits(value, value)
  if (value instanceof Real && /^-?\d{1,15}\.0$/.test(value.text)) return value.text.slice(0, -2)
  if (typeof value !== 'string' || !/^-?\d+$/.test(value)) return notAnInteger(value)
  const number = /^-?0*\d{1,19}$/.test(value) ? BigInt(value) : INT8_MAX + 1n
  return within64Bits(number, value)
}

/** SQLite's integers are; an export may have been written by anyone. */
function within64Bits(number: bigint, value: SqlValue): string | Reject {
  return number < INT8_MIN || number > INT8_MAX ? new Reject('is beyond 64 bits', describe(value)) : String(number)
}

function notAnInteger(value: SqlValue): Reject {
  const written = typeof value === 'string' && /^\d+([.,]\d+)? ?[KMB]$/i.test(value)
  return new Reject(`is not an integer${written ? '; it looks like an abbreviated number' : ''}`, describe(value))
}

/** docs/rules.md#rule-7 */
const BOOLEANS = new Map([
  ...['1', 'true', 't', 'yes'].map((word) => [word, 't'] as const),
  ...['0', 'false', 'f', 'no'].map((word) => [word, 'f'] as const),
])

export const boolean: Rule = typed('boolean', (value) => {
  if (value === null) return null
  const word = typeof value === 'object' ? undefined : BOOLEANS.get(String(value).toLowerCase())
  return word ?? new Reject('is neither true nor false', describe(value))
})

/** One of the words, in any case and with spaces around it; `also` maps other spellings to them: docs/rules.md#rule-7. */
export function oneOf(words: readonly string[], also: Record<string, string> = {}): Rule {
  const known = new Map([...words.map((word) => [word, word] as const), ...Object.entries(also)])
  return (value) => {
    if (value === null) return null
    const word = typeof value === 'string' ? known.get(value.trim().toLowerCase()) : undefined
    return word ?? new Reject(`is not one of ${words.join(', ')}`, describe(value))
  }
}

/** A JSON array of finite numbers, kept as written: docs/rules.md#rule-8. Its length is checked against dims in copy-lines.ts. */
export const vector: Rule = typed('vector', (value) => {
  if (value === null) return null
  const json = text(value)
  if (typeof json !== 'string') return json
  if (!readVector(json)) return new Reject('is not a JSON array of finite numbers')
  return TOO_FINE.test(json) ? new Reject('has a number with 1,000 decimal places or more') : json
})

/** Postgres allows 16,383 decimal places; a number beyond that would make the whole import fail. */
const TOO_FINE = /\.\d{1000}|e[+-]?0*[1-9]\d{3}/i

let [lastVector, lastNumbers]: [json: string, numbers: number[] | undefined] = ['', undefined]

/**
 * The numbers of a JSON array; undefined if it is anything else. Several rules read the same vector, so the last one is
 * kept: parsing it takes longer than all they do with it.
 */
export function readVector(json: string): number[] | undefined {
  if (json !== lastVector) [lastVector, lastNumbers] = [json, parseVector(json)]
  return lastNumbers
}

function parseVector(json: string): number[] | undefined {
  try {
    const numbers: unknown = JSON.parse(json)
    return Array.isArray(numbers) && numbers.every(Number.isFinite) ? numbers : undefined
  } catch {
    return undefined
  }
}

/** Whether a vector that passed the rule has a negative zero, whose sign Postgres does not keep: docs/rules.md#rule-8. */
export function hasNegativeZero(vector: string): boolean {
  return readVector(vector)!.includes(0) && /[[,\s]-0(\.0+)?(e[+-]?\d+)?[\s,\]]/i.test(vector)
}
