import { createHmac, timingSafeEqual } from 'node:crypto'
import { errorResponse } from './errors-as-postgrest.ts'

/** Whom a request speaks for: the role, and the claims as PostgREST hands them to SQL. */
export type Identity = { role: string; claims: Record<string, unknown>; authenticated: boolean }

const SKEW_SECONDS = 30
const PARTS = /^[A-Za-z0-9_-]+$/

/** Reads the Authorization header as PostgREST does with a text secret (HS256 alone): an identity, or the answer that refuses it. */
export function identify(
  header: string | undefined,
  secret: string | undefined,
  anonymous: string,
): Identity | Response {
  const [, token] = header?.match(/^Bearer(?:\s+(.*))?$/i) ?? []
  if (header === undefined || (token === undefined && !/^Bearer$/i.test(header)))
    return { role: anonymous, claims: { role: anonymous }, authenticated: false }
  if (!secret) return refuse('PGRST300', 'Server lacks JWT secret', 500)
  if (!token) return refuse('PGRST301', 'Empty JWT is sent in Authorization header')

  const parts = token.split('.')
  if (parts.length !== 3) return refuse('PGRST301', `Expected 3 parts in JWT; got ${parts.length}`)
  const [head, body, signature] = parts as [string, string, string]
  const { alg } = parse(head) ?? {}
  if (alg !== 'HS256') return refuse('PGRST301', 'Wrong or unsupported encoding algorithm')
  const expected = createHmac('sha256', secret).update(`${head}.${body}`).digest()
  const given = Buffer.from(signature, 'base64url')
  if (!PARTS.test(signature) || given.length !== expected.length || !timingSafeEqual(given, expected))
    return refuse('PGRST301', 'No suitable key or wrong key type', 401, 'None of the keys was able to decode the JWT')

  const claims = parse(body)
  if (!claims) return refuse('PGRST303', 'Parsing claims failed')
  const complaint = inTime(claims, Math.floor(Date.now() / 1000))
  if (complaint) return refuse('PGRST303', complaint)
  const role =
    claims.role === undefined ? anonymous : typeof claims.role === 'string' ? claims.role : JSON.stringify(claims.role)
  return { role, claims: { ...claims, role }, authenticated: true }
}

function inTime(claims: Record<string, unknown>, now: number): string | undefined {
  for (const name of ['exp', 'nbf', 'iat'])
    if (claims[name] != null && typeof claims[name] !== 'number') return `The JWT '${name}' claim must be a number`
  const { exp, nbf, iat } = claims as { exp?: number; nbf?: number; iat?: number }
  if (exp != null && exp < now - SKEW_SECONDS) return 'JWT expired'
  if (nbf != null && nbf > now + SKEW_SECONDS) return 'JWT not yet valid'
  if (iat != null && iat > now + SKEW_SECONDS) return 'JWT issued at future'
  return undefined
}

function parse(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString())
    return value !== null && typeof value === 'object' && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}

function refuse(code: string, message: string, status = 401, details: string | null = null): Response {
  const challenge = `Bearer error="invalid_token", error_description=${JSON.stringify(message)}`
  const headers: Record<string, string> = status === 401 ? { 'WWW-Authenticate': challenge } : {}
  return errorResponse(status, { code, message, details, hint: null }, headers)
}
