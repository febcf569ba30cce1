import assert from 'node:assert/strict'
import { suite } from 'uvu'
import { Real, type SqlValue } from '../../tooling/lib/move/sqlite-values.ts'
import { TABLES } from '../../tooling/lib/move/tables.ts'
import { Reject } from '../../tooling/lib/move/values.ts'
import { type Database, freshDatabase } from '../support/database.ts'
import { VALUES } from '../support/value-cases.ts'

// Ingest accepts what the move accepts: every value in every kind of field, by the move and by the ingest calls.

const POST = {
  status_id: '"post"',
  url: '"u"',
  author_handle: '"a"',
  discovered_at: '"2026-03-01"',
  last_seen_at: '"2026-03-01"',
}
const RUN = { run_at: '"2026-03-01"', mode: '"both"' }
const EMBEDDING = {
  status_id: '"post"',
  backend: '"b"',
  model: '"m"',
  vector_json: '[1]',
  text_hash: '"h"',
  created_at: '"2026-03-01"',
}

/** A column of each kind, with the call that takes it and the other fields of an item. */
const FIELDS: [call: string, table: string, column: string, others: Record<string, string>][] = [
  ['ingest_posts', 'posts', 'status_id', POST],
  ['ingest_posts', 'posts', 'url', POST],
  ['ingest_posts', 'posts', 'author_handle', POST],
  ['ingest_posts', 'posts', 'body_text', POST],
  ['ingest_posts', 'posts', 'watch_tier', POST],
  ['ingest_posts', 'posts', 'is_significant', POST],
  ['ingest_posts', 'posts', 'likes', POST],
  ['ingest_posts', 'posts', 'initial_likes', POST],
  ['ingest_posts', 'posts', 'discovered_at', POST],
  ['ingest_posts', 'posts', 'refresh_24h_at', POST],
  ['ingest_watch_accounts', 'watch_accounts', 'handle', { handle: '"a"', tier: '"teammate"' }],
  ['ingest_watch_accounts', 'watch_accounts', 'tier', { handle: '"a"', tier: '"teammate"' }],
  ['ingest_run', 'pipeline_runs', 'run_at', RUN],
  ['ingest_run', 'pipeline_runs', 'mode', RUN],
  ['ingest_run', 'pipeline_runs', 'source', RUN],
  ['ingest_run', 'pipeline_runs', 'fetched_count', RUN],
  ['ingest_embeddings', 'embeddings', 'vector_json', EMBEDDING],
  ['ingest_embeddings', 'embeddings', 'text_hash', EMBEDDING],
]

const test = suite('ingest accepts what the move accepts', {} as { db: Database })

test.before(async (context) => {
  context.db = await freshDatabase()
})
test.after(async ({ db }) => {
  await db?.drop()
})

for (const [call, table, column, others] of FIELDS)
  test(`${table}.${column}`, async ({ db }) => {
    const { rule } = TABLES.find(({ target }) => target === table)!.columns.find(({ name }) => name === column)!
    for (const json of VALUES) {
      const moved = rule(asSqlite(json))
      const given = { ...others, [column]: json }
      await db.query('begin')
      if (call === 'ingest_embeddings') await send(db, 'ingest_posts', POST)
      const { inserted, errors } = await send(db, call, given)
      const what = `${table}.${column} ${json.slice(0, 100)}`
      if (moved instanceof Reject) {
        assert.equal(inserted, 0, `${what}: the move says '${moved.kind}'`)
        const { message } = errors[0]!
        // The move may add what the value looks like; values only JSON can hold have a different message.
        const [kind] = moved.kind.split(';')
        const isOnlyJson = json.includes('\\u0000') || (column === 'vector_json' && !json.startsWith('"'))
        assert.ok(message.startsWith(`${column} `) && (isOnlyJson || message.endsWith(kind!)), `${what}: ${message}`)
      } else {
        assert.deepEqual(errors, [], `${what}: the move stores ${moved}`)
        const [row] = await db.query(`select ${column}::text as stored from public.${table}`)
        const [{ expected }] = (await db.query(`select $1::${typeOf(column)}::text as expected`, [moved])) as [
          { expected: string | null },
        ]
        assert.equal(row!.stored, expected, what)
      }
      await db.query('rollback')
    }
  })

test('a real number of any size is rejected as text, and never makes the item unreadable', async ({ db }) => {
  for (const number of ['1e999999', '-1e-999999', `0.${'1'.repeat(20_000)}`]) {
    const { errors } = await send(db, 'ingest_posts', { ...POST, body_text: number, likes: number })
    assert.deepEqual(errors.length, 1)
    assert.match(
      errors[0]!.message,
      /^body_text the real number \S+ is not text; likes the real number \S+ is not an integer$/,
    )
  }
})

test('a vector may be a JSON array, and its length must match dims', async ({ db }) => {
  await db.query('begin')
  await send(db, 'ingest_posts', POST)
  for (const [vector, dims, message] of [
    ['[1, 2.50, 1e2]', '3', undefined],
    ['[1, 2.50, 1e2]', 'null', undefined],
    ['"[1, 2]"', '"2"', undefined],
    ['[1, 2]', '3', 'vector_json holds 2 numbers, but dims is 3'],
    ['[]', '3000000000', 'vector_json holds 0 numbers, but dims is 3000000000'],
    ['[1, "2"]', '2', 'vector_json is not a JSON array of finite numbers'],
    ['{}', '0', 'vector_json is not a JSON array of finite numbers'],
    ['true', '0', 'vector_json is not a JSON array of finite numbers'],
  ]) {
    const { errors } = await send(db, 'ingest_embeddings', { ...EMBEDDING, vector_json: vector!, dims: dims! })
    assert.equal(errors[0]?.message, message, vector)
  }
  await db.query('rollback')
})

test.run()

type Answer = { inserted: number; errors: { index: number; message: string }[] }

async function send(db: Database, call: string, item: Record<string, string>): Promise<Answer> {
  const fields = Object.entries(item).map(([name, json]) => `"${name}": ${json}`)
  const body = `{"items": [{${fields.join(', ')}}]}`
  const [row] = await db.query<{ answer: Answer }>(`select api.${call}($1) as answer`, [body])
  return row!.answer
}

/** The value as SQLite would hold it. */
function asSqlite(json: string): SqlValue {
  if (!/^-?\d/.test(json)) return JSON.parse(json)
  if (!/^-?\d+$/.test(json)) return Real.of(Number(json))
  const number = BigInt(json)
  return Number.isSafeInteger(Number(number)) ? Number(number) : number
}

function typeOf(column: string): string {
  if (/_at$/.test(column)) return 'timestamptz'
  if (/^likes|_likes|_count$/.test(column)) return 'bigint'
  if (column === 'is_significant') return 'boolean'
  return column === 'vector_json' ? 'jsonb' : 'text'
}
