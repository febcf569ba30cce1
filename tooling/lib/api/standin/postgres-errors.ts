import { errorResponse } from '../errors.ts'

/** An error of Postgres, as its drivers report it. */
export type PostgresError = Error & { code: string; detail?: string; hint?: string }

/** The answer that PostgREST gives while it cannot read the catalog. */
export function noSchemaCache(): Response {
  const message = 'Could not query the database for the schema cache. Retrying.'
  return errorResponse(503, { code: 'PGRST002', message, details: null, hint: null })
}

/** The answer that PostgREST gives to an error of Postgres. */
export function postgresErrorResponse(error: PostgresError, asAnonymous: boolean): Response {
  const status = httpStatus(error, asAnonymous)
  const { code, message, detail = null, hint = null } = error
  const headers: Record<string, string> = status === 401 ? { 'WWW-Authenticate': 'Bearer' } : {}
  return errorResponse(status, { code, message, details: detail, hint }, headers)
}

export function isPostgresError(error: unknown): error is PostgresError {
  return error instanceof Error && /^[0-9A-Z]{5}$/.test((error as PostgresError).code ?? '')
}

/** Whether the database could not be reached, judged by Node's codes and pg's messages. */
export function isAway(error: unknown): error is Error {
  if (!(error instanceof Error)) return false
  const { code = '' } = error as { code?: string }
  return /^E[A-Z]{4,}$/.test(code) || /^Connection terminated|is not queryable$|^timeout e/.test(error.message)
}

/** https://docs.postgrest.org/en/v16/references/errors.html#http-status-codes, and the classes missing in that list. */
function httpStatus({ code, message }: PostgresError, asAnonymous: boolean): number {
  const own = EXACT[code]
  if (own) return own
  if (code === '42501') return asAnonymous ? 401 : 403
  if (code === '21000') return message.endsWith('requires a WHERE clause') ? 400 : 500
  if (code === '22023') return /^role .* does not exist$/.test(message) ? 401 : 400
  if (code.startsWith('PT')) return /^[2-5]\d\d$/.test(code.slice(2)) ? Number(code.slice(2)) : 500
  return CLASSES[code.slice(0, 2)] ?? 400
}

const EXACT: Record<string, number> = {
  '23503': 409,
  '23505': 409,
  '25006': 405,
  '42883': 404,
  '42P01': 404,
  '42P17': 500,
  '53400': 500,
  '57P01': 503,
  '57P02': 503,
  '57P03': 503,
  P0001: 400,
}

const CLASSES: Record<string, number> = {
  '08': 503,
  '09': 500,
  '0L': 403,
  '0P': 403,
  '25': 500,
  '28': 403,
  '2D': 500,
  '38': 500,
  '39': 500,
  '3B': 500,
  '40': 500,
  '53': 503,
  '54': 500,
  '55': 500,
  '57': 500,
  '58': 500,
  F0: 500,
  HV: 500,
  P0: 500,
  XX: 500,
}
