import { base64url } from 'jose'

/** A key that signs tokens. Without `alg` it is for every HMAC. */
export type JwtKey = { kid?: string | undefined; alg?: string | undefined; bytes: Uint8Array }

/** The symmetric keys of PostgREST's jwt-secret: a text (one key for HS256), a JWK or a JWK set. Throws if its JSON is neither. */
export function jwtKeys(secret: string): JwtKey[] {
  if (!isJson(secret)) return [{ alg: 'HS256', bytes: new TextEncoder().encode(secret) }]
  const json = JSON.parse(secret) as Jwk | { keys: Jwk[] }
  const keys = 'keys' in json ? json.keys : [json]
  return keys.flatMap(({ kty, kid, alg, k }) => (kty === 'oct' && k ? [{ kid, alg, bytes: base64url.decode(k) }] : []))
}

export function isJson(secret: string): boolean {
  return secret.trimStart().startsWith('{')
}

type Jwk = { kty?: string; kid?: string; alg?: string; k?: string }
