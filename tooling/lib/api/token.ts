import { SignJWT } from 'jose'
import { Failure } from '../errors.ts'

const ROLES = ['ingest', 'web_anon']
const LEAST_SECRET = 32
const SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400 }
const MOST_SECONDS = 400 * SECONDS.d

type Options = { role: string; ttl: string; secret: string | undefined }

/** A token that PostgREST takes (HS256 with its jwt-secret) and that public.pre_request takes (it ends). */
export async function makeToken({ role, ttl, secret = '' }: Options) {
  if (!ROLES.includes(role))
    throw new Failure(`There is no role ${role}.`, `Give one of ${ROLES.join(', ')}: npm run token -- --role ingest`, 2)
  if (secret.length < LEAST_SECRET)
    throw new Failure(
      secret ? `PGRST_JWT_SECRET has ${secret.length} characters.` : 'PGRST_JWT_SECRET is not set.',
      `Set the one the API runs with, of ${LEAST_SECRET} characters or more; npm run setup:env makes one.`,
      2,
    )
  const now = Math.floor(Date.now() / 1000)
  const end = now + seconds(ttl)
  const token = await new SignJWT({ role })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuedAt(now)
    .setExpirationTime(end)
    .sign(new TextEncoder().encode(secret))
  return { token, role, expires: new Date(end * 1000).toISOString() }
}

function seconds(ttl: string): number {
  const [, number, unit] = ttl.match(/^(\d{1,9})([smhd])$/) ?? []
  const total = Number(number) * SECONDS[unit as keyof typeof SECONDS]
  if (total > 0 && total <= MOST_SECONDS) return total
  throw new Failure(`--ttl is '${ttl}'.`, 'Give a number with s, m, h or d, up to 400d: --ttl 30d', 2)
}
