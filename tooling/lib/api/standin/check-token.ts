import { compactVerify, errors } from 'jose'
import { errorResponse } from '../errors.ts'

/** Whom a request speaks for: the role, and the claims as PostgREST passes them to SQL. */
export type Identity = { role: string; claims: Record<string, unknown> }

type Claims = Record<string, unknown> & { role?: unknown; exp?: number; nbf?: number; iat?: number }

const SKEW_SECONDS = 30

/** Reads the Authorization header as PostgREST does with a secret that is text (HS256 only): an identity, or the answer that refuses it. */
export async function identify(
  header: string | undefined,
  secret: string | undefined,
  anonymous: string,
): Promise<Identity | Response> {
  const [bearer, token] = header?.match(/^Bearer(?:\s+(.*))?$/i) ?? []
  if (bearer === undefined) return { role: anonymous, claims: { role: anonymous } }
  if (!secret) return refuse('PGRST300', 'Server lacks JWT secret', 500)
  if (!token) return refuse('PGRST301', 'Empty JWT is sent in Authorization header')
  const parts = token.split('.').length
  if (parts !== 3) return refuse('PGRST301', `Expected 3 parts in JWT; got ${parts}`)

  let payload: Uint8Array
  try {
    ;({ payload } = await compactVerify(token, new TextEncoder().encode(secret), { algorithms: ['HS256'] }))
  } catch (error) {
    return refuseSignature(error)
  }
  const claims = parseObject(payload)
  if (!claims) return refuse('PGRST303', 'Parsing claims failed')
  const problem = timeProblem(claims, Math.floor(Date.now() / 1000))
  if (problem) return refuse('PGRST303', problem)
  const { role = anonymous } = claims
  const name = typeof role === 'string' ? role : JSON.stringify(role)
  return { role: name, claims: { ...claims, role: name } }
}

function timeProblem(claims: Claims, now: number): string | undefined {
  for (const name of ['exp', 'nbf', 'iat'])
    if (claims[name] != null && typeof claims[name] !== 'number') return `The JWT '${name}' claim must be a number`
  const { exp, nbf, iat } = claims
  if (exp != null && exp < now - SKEW_SECONDS) return 'JWT expired'
  if (nbf != null && nbf > now + SKEW_SECONDS) return 'JWT not yet valid'
  if (iat != null && iat > now + SKEW_SECONDS) return 'JWT issued at future'
  return undefined
}

function parseObject(json: Uint8Array): Claims | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(json))
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Claims) : undefined
  } catch {
    return undefined
  }
}

function refuseSignature(error: unknown): Response {
  if (error instanceof errors.JWSSignatureVerificationFailed)
    return noKey('None of the keys was able to decode the JWT')
  if (error instanceof errors.JOSEAlgNotAllowed) return noKey('No suitable key was found to decode the JWT')
  return refuse('PGRST301', 'JWT cryptographic operation failed')
}

function noKey(details: string): Response {
  return refuse('PGRST301', 'No suitable key or wrong key type', 401, details)
}

function refuse(code: string, message: string, status = 401, details: string | null = null): Response {
  const challenge = `Bearer error="invalid_token", error_description=${JSON.stringify(message)}`
  const headers: Record<string, string> = status === 401 ? { 'WWW-Authenticate': challenge } : {}
  return errorResponse(status, { code, message, details, hint: null }, headers)
}
