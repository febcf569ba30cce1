// alone: it applies db/ to databases of the shared server, and roles belong to the server

import assert from 'node:assert/strict'
import { suite } from 'uvu'
import { dbmate } from '../../tooling/lib/postgres/dbmate.ts'
import { type Database, freshDatabase } from '../support/database.ts'
import { listReleases } from '../support/releases.ts'
import { catalogDifference, catalogOf } from './catalog.ts'

// A database of each release is filled through the ingest calls of that release and upgraded; a new one is filled through
// the present calls. A migration that forgets the rows that are already there makes the two differ.

const POST = {
  status_id: '1890000000000000001',
  url: 'https://x.com/ann/status/1890000000000000001',
  author_handle: 'ann',
  author_display: 'Ann &amp; co.',
  body_text: 'Rain over the harbour\n\t"Гроза" 🌧',
  posted_relative: '2h',
  source_query: 'from:ann',
  watch_tier: 'teammate',
  is_significant: true,
  significance_reason: 'a first',
  significance_version: 'v2',
  likes: 3_000_000_000,
  reposts: 4,
  replies: 0,
  views: 900,
  initial_likes: 1,
  initial_reposts: 0,
  initial_replies: null,
  initial_views: 10,
  likes_24h: 7,
  reposts_24h: 3,
  replies_24h: 0,
  views_24h: 500,
  refresh_24h_at: '2026-02-02T08:00:00.5Z',
  refresh_24h_status: 'ok',
  refresh_24h_delta_likes: 6,
  refresh_24h_delta_reposts: 3,
  refresh_24h_delta_replies: -1,
  refresh_24h_delta_views: 490,
  discovered_at: '2026-02-01T08:00:00.000001Z',
  last_seen_at: '2026-02-10T00:00:00Z',
}
const METRICS = { likes: 2, reposts: 0, replies: 1, views: 30 }
const LATER_POST = {
  status_id: '9223372036854775807',
  url: '',
  author_handle: 'Ben',
  discovered_at: '2026-03-29T01:59:59.999999+01:00',
  last_seen_at: '2026-03-30T00:00:00Z',
}

/** In the order of a collector: a post, what belongs to it, then a second look and a deletion. */
const WRITES: [call: string, body: object][] = [
  [
    'ingest_watch_accounts',
    { items: [{ handle: '@Ann', tier: 'Teammate', added_at: '2026-01-01T00:00:00Z', note: '' }] },
  ],
  ['ingest_posts', { items: [POST, { ...POST, status_id: '2', author_handle: 'gone' }], replace: true }],
  ['ingest_posts', { items: [LATER_POST] }],
  [
    'ingest_metrics',
    { items: [{ status_id: '9223372036854775807', snapshot_at: '2026-03-31T00:00:00Z', ...METRICS }] },
  ],
  ['ingest_reports', { items: [{ status_id: POST.status_id, reported_at: '2026-02-01T09:00:00Z', channel: 'mail' }] }],
  ['ingest_run', { run_at: '2026-02-04T13:00:00Z', mode: 'refresh-24h', fetched_count: 7 }],
  [
    'ingest_embeddings',
    {
      items: [
        {
          status_id: POST.status_id,
          backend: 'b',
          model: 'm',
          dims: 3,
          vector_json: [0.25, -1e-7, 0],
          text_hash: 'h',
          created_at: '2026-02-01T10:00:00Z',
        },
      ],
    },
  ],
  ['ingest_deletions', { items: [{ handle: 'gone', reason: 'on request' }] }],
]

const test = suite('upgrade', { databases: [] as Database[] })

test.after(async ({ databases }) => {
  for (const database of databases) await database.drop()
})

test('the content that is compared fills every table', async (context) => {
  const database = await makeDatabase(context, { migrated: true })
  await write(database, WRITES)
  const content = await contentOf(database)
  const tables = await tablesOf(database)
  assert.deepEqual(
    tables.filter((table) => !content.some((line) => line.startsWith(`${table}: `))),
    [],
  )
})

for (const { version, folder } of listReleases())
  test(`a database of ${version}, upgraded, is the same as a new one, and has the same content`, async (context) => {
    const upgraded = await makeDatabase(context, { migrated: false })
    await dbmate(['up'], upgraded.url, { project: folder })
    // A call that is newer than the release could write nothing before the upgrade.
    const calls = await callsOf(upgraded)
    const writes = WRITES.filter(([call]) => calls.includes(call))
    await write(upgraded, writes)
    await dbmate(['up'], upgraded.url)
    const fresh = await makeDatabase(context, { migrated: true })
    await write(fresh, writes)
    assert.deepEqual(catalogDifference(await catalogOf(fresh.url), await catalogOf(upgraded.url)), [])
    assert.deepEqual(catalogDifference(await contentOf(fresh), await contentOf(upgraded)), [])
  })

test.run()

async function makeDatabase(context: { databases: Database[] }, options: { migrated: boolean }): Promise<Database> {
  const database = await freshDatabase(options)
  context.databases.push(database)
  return database
}

async function callsOf(database: Database): Promise<string[]> {
  const rows = await database.query<{ name: string }>(
    "select proname as name from pg_proc where pronamespace = 'api'::regnamespace",
  )
  return rows.map(({ name }) => name)
}

async function write(database: Database, writes: typeof WRITES): Promise<void> {
  for (const [call, body] of writes) {
    const [row] = await database.query<{ answer: { errors: unknown[] } }>(`select api.${call}($1) as answer`, [
      JSON.stringify(body),
    ])
    assert.deepEqual(row!.answer.errors, [], call)
  }
}

/** dbmate's own table tells them apart: its versions differ by design. */
async function tablesOf(database: Database): Promise<string[]> {
  const rows = await database.query<{ name: string }>(`
    select relname as name from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and relname <> 'schema_migrations'
    order by relname`)
  return rows.map(({ name }) => name)
}

/** Every row of every table, without the instant at which it was written: the default now() tells those columns. */
async function contentOf(database: Database): Promise<string[]> {
  const clocks = await database.query<{ name: string }>(
    `select table_name || '.' || column_name as name from information_schema.columns
    where table_schema = 'public' and column_default like 'now()%'`,
  )
  const lines: string[] = []
  for (const table of await tablesOf(database)) {
    const written = clocks.flatMap(({ name }) => (name.startsWith(`${table}.`) ? name.slice(table.length + 1) : []))
    const rows = await database.query<{ row: string }>(
      `select (to_jsonb(content) - $1::text[])::text as row from public.${table} as content order by 1`,
      [written],
    )
    lines.push(...rows.map(({ row }) => `${table}: ${row}`))
  }
  return lines
}
