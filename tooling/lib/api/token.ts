import { base64url, SignJWT } from 'jose'
import { Failure } from '../errors.ts'

const ROLES = ['ingest', 'web_anon']
const MIN_SECRET = 32
const SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400 }
const MAX_SECONDS = 400 * SECONDS.d

/** What follows ingest_ in the names of the calls. */
const CALLS = [
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
]

type Options = {
  role: string
  ttl: string
  /** The ingest calls that it is limited to, separated by commas. */
  only?: string | undefined
  /** PostgREST's jwt-secret: a text, or a JWK set. */
  secret: string | undefined
  /** The key of a set, by its kid; the first one if it is not given. */
  kid?: string | undefined
}

/** A token that PostgREST accepts (HS256 with its jwt-secret) and public.pre_request too (it has an end). */
export async function makeToken({ role, ttl, only, secret = '', kid }: Options) {
  if (!ROLES.includes(role))
    throw new Failure(`Unknown role '${role}'.`, `Use one of ${ROLES.join(', ')}: npm run token -- --role ingest`, 2)
  if (secret.length < MIN_SECRET)
    throw new Failure(
      secret ? `PGRST_JWT_SECRET has ${secret.length} characters.` : 'PGRST_JWT_SECRET is not set.',
      `Set the secret of the API, with at least ${MIN_SECRET} characters; npm run setup:env generates one.`,
      2,
    )
  const now = Math.floor(Date.now() / 1000)
  const end = now + seconds(ttl)
  const key = signingKey(secret, kid)
  const token = await new SignJWT({ role, ...(only !== undefined && { only: calls(only) }) })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT', ...(key.kid && { kid: key.kid }) })
    .setIssuedAt(now)
    .setExpirationTime(end)
    .sign(key.bytes)
  return { token, role, expires: new Date(end * 1000).toISOString() }
}

function signingKey(secret: string, kid: string | undefined): { kid?: string | undefined; bytes: Uint8Array } {
  if (!secret.trimStart().startsWith('{')) {
    if (kid === undefined) return { bytes: new TextEncoder().encode(secret) }
    throw new Failure('PGRST_JWT_SECRET is not a JWK set.', 'Leave --key out.', 2)
  }
  let keys: { kid?: string; kty?: string; k?: string }[]
  try {
    keys = (JSON.parse(secret) as { keys: typeof keys }).keys.filter(({ kty, k }) => kty === 'oct' && k)
  } catch {
    throw new Failure('PGRST_JWT_SECRET is neither a secret nor a JWK set.', 'Set it to one of them.', 2)
  }
  const found = kid === undefined ? keys[0] : keys.find((key) => key.kid === kid)
  if (found) return { kid: found.kid, bytes: base64url.decode(found.k!) }
  const kids = keys.map((key) => key.kid).join(', ')
  throw new Failure(
    `The JWK set has no key '${kid ?? ''}'.`,
    kids ? `Use one of ${kids}.` : 'It has no symmetric key.',
    2,
  )
}

/** The calls of a comma-separated list, for the claim that public.pre_request checks. */
function calls(only: string): string[] {
  const names = only.split(',').map((name) => name.trim())
  if (names.every((name) => CALLS.includes(name))) return names
  throw new Failure(`Invalid --only '${only}'.`, `Use one or more of ${CALLS.join(', ')}: --only posts,metrics`, 2)
}

function seconds(ttl: string): number {
  const [, number, unit] = ttl.match(/^(\d{1,9})([smhd])$/) ?? []
  const total = Number(number) * SECONDS[unit as keyof typeof SECONDS]
  if (total > 0 && total <= MAX_SECONDS) return total
  throw new Failure(`Invalid --ttl '${ttl}'.`, 'Use a number with s, m, h or d, up to 400d: --ttl 30d', 2)
}
