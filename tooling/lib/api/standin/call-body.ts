import { errorResponse } from '../errors.ts'
import { exactJson, isMarked, withExactNumbers } from './exact-values.ts'

type Parameters = { arg_names: string[]; arg_types: string[] }

type Json = null | boolean | number | string | Json[] | { [name: string]: Json }

/**
 * The JSON body of a call as the stand-in has to get it, or PostgREST's refusal. The stand-in passes arguments on as JS
 * values, which rounds long numbers and writes JSON arguments twice or not at all; PostgREST lets Postgres read the body.
 * As text, each value arrives as it was sent.
 */
export function callBody(sent: string, parameters: Parameters): string | Response {
  const { arg_names: names, arg_types: types } = parameters
  const isUnnamed = names.length === 0 && types.length === 1 && isJsonType(types[0]!)
  if (sent === '') return isUnnamed ? JSON.stringify('') : ''
  const body = parse(sent)
  if (body === undefined) return refuse('PGRST102', 'Empty or invalid json')
  if (Array.isArray(body) && !haveSameKeys(body)) return refuse('PGRST102', 'All object keys must match')

  const isScalar = body === null || typeof body !== 'object'
  if (isUnnamed) return JSON.stringify(isScalar ? '[]' : sent)
  if (isScalar) return '{}'
  const first = Array.isArray(body) ? (body[0] ?? {}) : body
  if (holdsNul(sent) && Object.keys(first).every((name) => names.includes(name)))
    return refuse('22P05', 'unsupported Unicode escape sequence', '\\u0000 cannot be converted to text.')
  const jsonNames = names.filter((_, at) => isJsonType(types[at]!))
  const texts = Object.entries(first).map(([name, value]) => [name, argumentText(value, jsonNames.includes(name))])
  return JSON.stringify(Object.fromEntries(texts))
}

function isJsonType(type: string): boolean {
  return type === 'json' || type === 'jsonb'
}

/** undefined: it is not JSON, or has half a surrogate pair, which PostgREST's parser does not accept. */
function parse(sent: string): Json | undefined {
  try {
    JSON.parse(sent, (_, value) => {
      if (typeof value === 'string' && !value.isWellFormed()) throw new SyntaxError()
      return value
    })
    return exactJson(sent) as Json
  } catch {
    return undefined
  }
}

function haveSameKeys(rows: Json[]): boolean {
  const keys = rows.map((row) => (row && typeof row === 'object' && !Array.isArray(row) ? keyText(row) : undefined))
  return keys.every((each) => each !== undefined && each === keys[0])
}

function keyText(row: object): string {
  return JSON.stringify(Object.keys(row).sort())
}

/** As json_to_record reads it: null as null; a string as it is, for an argument of type json as JSON; all else as JSON. */
function argumentText(value: unknown, asJson: boolean): string | null {
  if (value === null) return null
  return typeof value === 'string' && !isMarked(value) && !asJson ? value : withExactNumbers(JSON.stringify(value))
}

/** Whether a string of the JSON has an escaped NUL; an escaped backslash before u0000 does not make one. */
function holdsNul(json: string): boolean {
  return /(?<!\\)(?:\\\\)*\\u0000/.test(json)
}

function refuse(code: string, message: string, details: string | null = null): Response {
  return errorResponse(400, { code, message, details, hint: null })
}
