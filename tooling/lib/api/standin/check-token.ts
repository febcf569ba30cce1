import { compactVerify, decodeProtectedHeader, errors } from 'jose'
import { errorResponse } from '../errors.ts'
import { jwtKeys } from '../jwt-keys.ts'

/** Whom a request speaks for: the role, and the claims as PostgREST passes them to SQL. */
export type Identity = { role: string; claims: Record<string, unknown> }

type Claims = Record<string, unknown> & { role?: unknown; exp?: number; nbf?: number; iat?: number }

const SKEW_SECONDS = 30
const HMACS = ['HS256', 'HS384', 'HS512']

/** Reads the Authorization header as PostgREST does with symmetric keys: an identity, or the response that refuses it. */
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

  const payload = await verify(token, secret)
  if (payload instanceof Response) return payload
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

/** The payload, if one of the keys that fit the header signed it. */
async function verify(token: string, secret: string): Promise<Uint8Array | Response> {
  try {
    const { kid, alg } = decodeProtectedHeader(token)
    const fitting = jwtKeys(secret).filter((key) => HMACS.includes(alg!) && fits(key.kid, kid) && fits(alg, key.alg))
    if (!fitting.length) return noKey('No suitable key was found to decode the JWT')
    for (const { bytes } of fitting) {
      const verified = await compactVerify(token, bytes).catch((error) => {
        if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw error
      })
      if (verified) return verified.payload
    }
    return noKey('None of the keys was able to decode the JWT')
  } catch {
    return refuse('PGRST301', 'JWT cryptographic operation failed')
  }
}

function fits(has: string | undefined, wanted: string | undefined): boolean {
  return wanted === undefined || has === wanted
}

function noKey(details: string): Response {
  return refuse('PGRST301', 'No suitable key or wrong key type', 401, details)
}

function refuse(code: string, message: string, status = 401, details: string | null = null): Response {
  const challenge = `Bearer error="invalid_token", error_description=${JSON.stringify(message)}`
  const headers: Record<string, string> = status === 401 ? { 'WWW-Authenticate': challenge } : {}
  return errorResponse(status, { code, message, details, hint: null }, headers)
}
