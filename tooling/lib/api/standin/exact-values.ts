import { randomBytes } from 'node:crypto'
import pg from 'pg'

/**
 * Parsers for the types that a JS value would alter; PostgREST lets Postgres write the JSON. A number that a JS number
 * cannot hold becomes a marked string, and its digits again in the answer. The mark begins with NUL, which no text in
 * Postgres can contain.
 */
// Random for each process, so nobody can send it.
const MARK = `\0${randomBytes(9).toString('base64url')}:`
const MARKED = new RegExp(`"${JSON.stringify(MARK).slice(1, -1).replace('\\', '\\\\')}([^"]*)"`, 'g')

const { builtins } = pg.types
const [TEXTS, NAMES] = [1009, 1003]
const asText = (text: string) => text

const parsers: Partial<Record<number, (text: string) => unknown>> = {
  [builtins.INT8]: exactNumber,
  [builtins.NUMERIC]: exactNumber,
  [builtins.JSON]: exactJson,
  [builtins.JSONB]: exactJson,
  [builtins.TIMESTAMP]: isoTimestamp,
  [builtins.TIMESTAMPTZ]: isoTimestamp,
  [builtins.DATE]: asText,
  [builtins.INTERVAL]: asText,
  [builtins.BYTEA]: asText,
  [NAMES]: pg.types.getTypeParser(TEXTS),
}

export function getTypeParser(oid: number): (text: string) => unknown {
  return parsers[oid] ?? pg.types.getTypeParser(oid)
}

/** 2026-03-01 08:00:00.25+00 becomes 2026-03-01T08:00:00.25+00:00, as Postgres writes it in JSON. */
export function isoTimestamp(text: string): string {
  return text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00')
}

/** A number that a JS number can hold stays one; any other is marked. */
export function exactNumber(text: string): number | string {
  const number = Number(text)
  return String(number) === text && (Number.isSafeInteger(number) || !Number.isInteger(number)) ? number : MARK + text
}

/** Parses JSON with its long numbers marked, which JSON.parse would round. */
export function exactJson(text: string): unknown {
  if (!/\d{16}|\d\.\d*0\b|\d[eE]/.test(text)) return JSON.parse(text)
  const marked = text.replace(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g, (token) => {
    if (token.startsWith('"')) return token
    const value = exactNumber(token)
    return typeof value === 'number' ? token : JSON.stringify(value)
  })
  return JSON.parse(marked)
}

/** Puts the digits of marked numbers back into the JSON text of an answer. */
export function withExactNumbers(json: string): string {
  return json.replace(MARKED, '$1')
}

/** The digits of a marked number; any other text unchanged. */
export function unmarked(value: string): string {
  return isMarked(value) ? value.slice(MARK.length) : value
}

export function isMarked(value: string): boolean {
  return value.startsWith(MARK)
}
