import { createHash } from 'node:crypto'
import type { Table } from '../move/tables.ts'
import type { Rule } from '../move/values.ts'

/** 2000-01-01, from where Postgres counts. */
const POSTGRES_EPOCH_SECONDS = 946_684_800

/** A row's texts, as the rules make them, in the order of the table's columns. */
export type Fields = readonly (string | null)[]

/** The digest of a row as /rpc/ingest_digest computes it (docs/api.md): 32 hex digits. */
export function rowDigest({ columns }: Table, fields: Fields): string {
  const texts: (string | null)[] = []
  for (const [index, { rule, computed }] of columns.entries())
    if (!computed) texts.push(digestText(rule.type, fields[index]!))
  return createHash('sha256').update(JSON.stringify(texts)).digest('hex').slice(0, 32)
}

/** The key of a row, written in the same way: equal for two rows that are one in Postgres. */
export function rowKey({ columns, key }: Table, fields: Fields): string {
  const places = key.map((name) => columns.findIndex((column) => column.name === name))
  return JSON.stringify(places.map((place) => digestText(columns[place]!.rule.type, fields[place]!)))
}

/** The day (UTC) that /rpc/ingest_digest counts a row under. */
export function rowDay({ columns, dayColumn }: Table, fields: Fields): string {
  const { seconds } = parseInstant(fields[columns.findIndex(({ name }) => name === dayColumn)]!)
  return new Date(seconds * 1000).toISOString().slice(0, 10)
}

function digestText(type: Rule['type'], text: string | null): string | null {
  if (text === null || type === undefined) return text
  if (type === 'boolean') return text === 't' ? 'true' : 'false'
  return type === 'timestamp' ? instantHex(text) : vectorText(text)
}

function instantHex(timestamp: string): string {
  return BigInt.asUintN(64, microsecondsSince2000(timestamp)).toString(16).padStart(16, '0')
}

/** Of a timestamp as the rule writes it. */
export function microsecondsSince2000(timestamp: string): bigint {
  const { seconds, microseconds } = parseInstant(timestamp)
  return BigInt(seconds - POSTGRES_EPOCH_SECONDS) * 1_000_000n + BigInt(microseconds)
}

/** To the millisecond, in UTC. */
export function isoInstant(microsecondsSince2000: bigint): string {
  return new Date(Number(microsecondsSince2000 / 1000n) + POSTGRES_EPOCH_SECONDS * 1000).toISOString()
}

/** YYYY-MM-DD HH:MM:SS.f with an offset or Z; the seconds are since 1970. */
function parseInstant(timestamp: string): { seconds: number; microseconds: number } {
  const [, fraction, offset] = timestamp.slice(19).match(/^\.(\d+)(.+)$/)!
  const local = Date.parse(`${timestamp.slice(0, 10)}T${timestamp.slice(11, 19)}Z`) / 1000
  return { seconds: local - offsetSeconds(offset!), microseconds: Number(fraction!.padEnd(6, '0')) }
}

function offsetSeconds(offset: string): number {
  if (offset === 'Z') return 0
  const seconds = Number(offset.slice(1, 3)) * 3600 + Number(offset.slice(3).replace(':', '')) * 60
  return offset.startsWith('-') ? -seconds : seconds
}

/** A JSON array of numbers as Postgres writes the jsonb value. */
function vectorText(json: string): string {
  const numbers = json.trim().slice(1, -1).split(',')
  return `[${numbers.map((number) => numberText(number.trim())).join(', ')}]`
}

const NEGATIVE_ZERO = /^-0(\.0+)?$/
const WITH_EXPONENT = /^(-?)(\d+)(?:\.(\d+))?[eE]([+-]?\d+)$/

function numberText(number: string): string {
  if (number.startsWith('-0') && NEGATIVE_ZERO.test(number)) return number.slice(1)
  if (!number.includes('e') && !number.includes('E')) return number
  const [, sign, whole, fraction = '', exponent] = number.match(WITH_EXPONENT)!
  return shiftPoint(sign!, whole!, fraction, Number(exponent))
}

/** A number without its exponent; as many digits behind the point as Postgres keeps. */
function shiftPoint(sign: string, whole: string, fraction: string, exponent: number): string {
  const scale = Math.max(0, fraction.length - exponent)
  const digits = (whole + fraction + '0'.repeat(Math.max(0, exponent - fraction.length))).padStart(scale + 1, '0')
  const [before, after] = [
    digits.slice(0, digits.length - scale).replace(/^0+(?=\d)/, ''),
    digits.slice(digits.length - scale),
  ]
  const number = scale > 0 ? `${before}.${after}` : before
  return /[1-9]/.test(number) ? sign + number : number
}
