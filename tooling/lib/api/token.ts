import { randomBytes } from 'node:crypto'
import { SignJWT } from 'jose'
import { Failure } from '../errors.ts'
import { isJson, type JwtKey, jwtKeys } from './jwt-keys.ts'

/** What PostgREST requires of a secret, in characters. */
export const MIN_SECRET = 32
const SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400 }
const MAX_SECONDS = 400 * SECONDS.d

/** The roles, and what follows ingest_ or feed_ in the names of the calls that a token can be limited to. */
const CALLS: Record<string, string[]> = {
  ingest: [
    'posts',
    'metrics',
    'reports',
    'watch_accounts',
    'embeddings',
    'run',
    'deletions',
    'tombstones',
    'removals',
    'digest',
  ],
  reader: ['atom'],
}
const NAME = /^[\w .@-]{1,60}$/

export type TokenOptions = {
  role: string
  ttl: string
  /** The calls that it is limited to, separated by commas. */
  only?: string | undefined
  /** Whose it is: the claim `sub`. */
  name?: string | undefined
  /** PostgREST's jwt-secret: a text, or a JWK set. */
  secret: string | undefined
  /** The key of a set, by its kid; the first one if it is not given. */
  kid?: string | undefined
}

/** A token that PostgREST accepts (HS256 with its jwt-secret) and public.pre_request too (it has an end). */
export async function makeToken({ role, ttl, only, name, secret = '', kid }: TokenOptions) {
  if (!Object.hasOwn(CALLS, role))
    throw new Failure(
      `Unknown role '${role}'.`,
      `Use one of ${Object.keys(CALLS).join(', ')}: npm run token -- --role ingest`,
      2,
    )
  if (name !== undefined && !NAME.test(name))
    throw new Failure(`Invalid --name '${name}'.`, 'Use up to 60 letters, digits, spaces and . _ @ -', 2)
  const valid = seconds(ttl)
  const claims = { role, ...(name && { sub: name }), ...(only !== undefined && { only: calls(only, CALLS[role]!) }) }
  if (secret.length < MIN_SECRET)
    throw new Failure(
      secret ? `PGRST_JWT_SECRET has ${secret.length} characters.` : 'PGRST_JWT_SECRET is not set.',
      `Set the secret of the API, with at least ${MIN_SECRET} characters; npm run setup:env generates one.`,
      2,
    )
  const now = Math.floor(Date.now() / 1000)
  const end = now + valid
  const key = signingKey(secret, kid)
  const id = randomBytes(6).toString('base64url')
  const token = await new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT', ...(key.kid && { kid: key.kid }) })
    .setJti(id)
    .setIssuedAt(now)
    .setExpirationTime(end)
    .sign(key.bytes)
  return { token, id, role, expires: new Date(end * 1000).toISOString() }
}

function signingKey(secret: string, kid: string | undefined): JwtKey {
  let keys: JwtKey[]
  try {
    keys = jwtKeys(secret)
  } catch {
    throw new Failure('PGRST_JWT_SECRET is neither a secret nor a JWK set.', 'Set it to one of them.', 2)
  }
  if (kid !== undefined && !isJson(secret))
    throw new Failure('PGRST_JWT_SECRET is not a JWK set.', 'Leave --key out.', 2)
  const found = kid === undefined ? keys[0] : keys.find((key) => key.kid === kid)
  if (found) return found
  const kids = keys.map((key) => key.kid).join(', ')
  throw new Failure(
    `The JWK set has no key '${kid ?? ''}'.`,
    kids ? `Use one of ${kids}.` : 'It has no symmetric key.',
    2,
  )
}

/** The calls of a comma-separated list, for the claim that public.pre_request checks. */
function calls(only: string, known: string[]): string[] {
  const names = only.split(',').map((name) => name.trim())
  if (names.every((name) => known.includes(name))) return names
  throw new Failure(`Invalid --only '${only}'.`, `This role takes one or more of ${known.join(', ')}.`, 2)
}

function seconds(ttl: string): number {
  const [, number, unit] = ttl.match(/^(\d{1,9})([smhd])$/) ?? []
  const total = Number(number) * SECONDS[unit as keyof typeof SECONDS]
  if (total > 0 && total <= MAX_SECONDS) return total
  throw new Failure(`Invalid --ttl '${ttl}'.`, 'Use a number with s, m, h or d, up to 400d: --ttl 30d', 2)
}
