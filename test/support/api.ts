import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { SignJWT } from 'jose'
import type { Target } from '../../tooling/lib/api/contract.ts'
import { type Engine, startEngine } from '../../tooling/lib/api/engine.ts'
import { makeToken } from '../../tooling/lib/api/token.ts'
import { type LocalServer, startServer } from '../../tooling/lib/local/server.ts'
import { type Database, freshDatabase } from './database.ts'

export const SECRET = 'a secret of thirty-two characters'

export type Api = { db: Database; server: LocalServer; target: Target; stop: () => Promise<void> }

/** The engines available here: always the stand-in, and PostgREST if POSTGREST_BIN or PATH has it. For containers see test/containers. */
export const ENGINES: readonly ('stand-in' | 'binary')[] = hasPostgrest() ? ['stand-in', 'binary'] : ['stand-in']
if (ENGINES.length === 1) console.log('skipped: PostgREST itself, because neither POSTGREST_BIN nor PATH has it')

/** The API on a new database that holds FIXTURE, after `sql` was run in it. */
export async function startApi(
  engine: (typeof ENGINES)[number] = 'stand-in',
  { isPrivate = false, sql = '' } = {},
): Promise<Api> {
  const db = await freshDatabase()
  await db.query(`${FIXTURE}${sql}`)
  const start = () => startServer({ databaseUrl: db.url, jwtSecret: SECRET, isPrivate })
  const server = await (engine === 'stand-in' ? withoutPostgrest(start) : start()).catch(async (error) => {
    // Its connection would keep the test file from ending.
    await db.drop()
    throw error
  })
  const { token } = await makeToken({ role: 'ingest', ttl: '5m', secret: SECRET })
  const stop = async () => {
    await server.stop()
    await db.drop()
  }
  return { db, server, target: { api: `${server.url}/api`, v1: `${server.url}/v1`, token }, stop }
}

/** An engine on a database of the test, without the local server in front of it. */
export function startTestEngine(
  kind: (typeof ENGINES)[number],
  databaseUrl: string,
  jwtSecret = SECRET,
): Promise<Engine> {
  const start = () => startEngine({ databaseUrl, jwtSecret })
  return kind === 'stand-in' ? withoutPostgrest(start) : start()
}

/** Signs any claims, valid or not. */
export function sign(claims: Record<string, unknown>, { secret = SECRET, alg = 'HS256' } = {}): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg }).sign(new TextEncoder().encode(secret))
}

/** Does the work as if there were no PostgREST on this machine. */
export async function withoutPostgrest<T>(work: () => Promise<T>): Promise<T> {
  const { POSTGREST_URL, POSTGREST_BIN, PATH } = process.env
  delete process.env.POSTGREST_URL
  delete process.env.POSTGREST_BIN
  process.env.PATH = (PATH ?? '')
    .split(delimiter)
    .filter((folder) => !executable(join(folder, 'postgrest')))
    .join(delimiter)
  try {
    return await work()
  } finally {
    process.env.PATH = PATH
    if (POSTGREST_URL) process.env.POSTGREST_URL = POSTGREST_URL
    if (POSTGREST_BIN) process.env.POSTGREST_BIN = POSTGREST_BIN
  }
}

function hasPostgrest(): boolean {
  return (
    Boolean(process.env.POSTGREST_BIN) ||
    (process.env.PATH ?? '').split(delimiter).some((folder) => executable(join(folder, 'postgrest')))
  )
}

function executable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

// Seven posts of three authors; three share a microsecond, and one id is beyond 2^53.
export const FIXTURE = `
  insert into public.posts (
    status_id, url, author_handle, author_display, body_text, watch_tier, is_significant, significance_reason,
    likes, reposts, replies, views, discovered_at, last_seen_at, created_at, updated_at
  )
  select
    id, 'https://x.com/' || handle || '/status/' || id, handle, initcap(handle), body, tier, significant,
    case when significant then 'a first' end, likes, likes / 2, 1, likes * 100, at::timestamptz, '2026-02-10T00:00:00Z',
    '2026-02-10T00:00:00Z', '2026-02-10T00:00:00Z'
  from (values
    ('1890000000000000001', 'ann', 'Rain over the harbour', 'teammate', true, 9, '2026-02-01T08:00:00.000001Z'),
    ('1890000000000000002', 'ben', '100% humid_air \\ fog', 'influencer', false, 4, '2026-02-01T08:00:00.000002Z'),
    ('1890000000000000003', 'ben', 'ab: storm, "big" storm', 'influencer', true, 5, '2026-02-01T08:00:00.000002Z'),
    ('1890000000000000004', 'cleo', null, null, false, 0, '2026-02-01T08:00:00.000002Z'),
    ('1890000000000000005', 'cleo', 'Grün, ГРОЗА and rain', null, false, 1, '2026-02-02T23:59:59.999999Z'),
    ('1890000000000000006', 'dora', 'humidXair', 'ecosystem', false, 3000000000, '2026-02-03T00:00:00Z'),
    ('9223372036854775807', 'ann', 'The last of them', 'teammate', true, 2, '2026-02-04T12:30:00Z')
  ) as post(id, handle, body, tier, significant, likes, at);

  insert into public.reports (status_id, reported_at, channel, summary, created_at)
  values ('1890000000000000001', '2026-02-01T09:00:00Z', 'mail', 'Rain', '2026-02-10T00:00:00Z');

  insert into public.post_metrics_snapshots (status_id, snapshot_type, snapshot_at, likes, reposts, replies, views, source, created_at)
  values
    ('1890000000000000001', 'latest_observed', '2026-02-10T00:00:00Z', 9, 4, 1, 900, 'ingest', '2026-02-10T00:00:00Z'),
    ('1890000000000000001', 'initial_capture', '2026-02-01T08:00:00.000001Z', 1, 0, 0, 10, 'ingest', '2026-02-10T00:00:00Z');

  insert into public.watch_accounts (handle, tier, note, added_at, created_at, updated_at)
  values
    ('ann', 'teammate', 'of ours', '2026-01-01T00:00:00Z', '2026-02-10T00:00:00Z', '2026-02-10T00:00:00Z'),
    ('ben', 'influencer', null, '2026-01-02T00:00:00Z', '2026-02-10T00:00:00Z', '2026-02-10T00:00:00Z');

  insert into public.pipeline_runs (run_at, mode, fetched_count, significant_count, reported_count, created_at)
  values ('2026-02-04T13:00:00Z', 'both', 7, 3, 1, '2026-02-10T00:00:00Z');

  -- In whole numbers, so that each similarity is exact: of the first post to the second 0.96, to the last 1.
  insert into public.embeddings (status_id, backend, model, dims, vector_json, text_hash, created_at, sign_bits)
  select id, 'b', model, jsonb_array_length(vector), vector, 'h', '2026-02-10T00:00:00Z', public.sign_bits(vector)
  from (values
    ('1890000000000000001', 'm', '[3, 4]'::jsonb),
    ('1890000000000000002', 'm', '[4, 3]'),
    ('1890000000000000003', 'm', '[4, -3]'),
    ('1890000000000000005', 'other', '[-3, -4]'),
    ('1890000000000000006', 'm', '[0, 0]'),
    ('9223372036854775807', 'm', '[30, 40]')
  ) as embedding(id, model, vector);
`
