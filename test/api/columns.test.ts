import assert from 'node:assert/strict'
import { suite } from 'uvu'
import { TABLES } from '../../tooling/lib/move/tables.ts'
import { TIERS } from '../../tooling/lib/tiers.ts'
import { type Api, startApi } from '../support/api.ts'
import { ingest } from '../support/ingest.ts'

// Every column of the move reaches the clients, and every one can be sent: what an ingest call ignored would be lost.

/** Vectors are not in the API's views. */
const NOT_READ = ['embeddings']

const test = suite('columns', {} as { api: Api })

test.before(async (context) => {
  context.api = await startApi()
})
test.after(async ({ api }) => {
  await api?.stop()
})

test('every moved column can be read', async ({ api }) => {
  for (const { target, columns } of TABLES.filter(({ target }) => !NOT_READ.includes(target))) {
    const rows = await api.db.query<{ name: string }>(
      `select column_name as name from information_schema.columns where table_schema = 'api' and table_name = $1`,
      [target],
    )
    const shown = rows.map(({ name }) => name)
    assert.deepEqual(
      columns.map(({ name }) => name).filter((name) => !shown.includes(name)),
      [],
      `missing in api.${target}`,
    )
  }
})

for (const { target, columns: all, key, ingest: call } of TABLES)
  test(`${target}: every column is inserted, and every column is updated`, async ({ api }) => {
    const types = await typesOf(api, target)
    const columns = all.filter(({ computed }) => !computed)
    for (const version of [1, 2, 3]) {
      const item = Object.fromEntries(
        columns.map(({ name }) => [name, key.includes(name) ? keyValue(name) : valueFor(name, types[name]!, version)]),
      )
      const { inserted, updated, errors } = await ingest(api, call, { items: [item], replace: true })
      assert.deepEqual([inserted, updated, errors], version === 1 ? [1, 0, []] : [0, 1, []])
      const where = key.map((name, i) => `${name} = $${i + 1}`).join(' and ')
      const [row] = await api.db.query(
        `select ${columns.map(({ name }) => `to_jsonb(${name}) as ${name}`).join(', ')} from public.${target} where ${where}`,
        key.map(keyValue),
      )
      for (const { name } of columns) {
        const stored = types[name] === 'timestamp with time zone' ? new Date(row![name]).toISOString() : row![name]
        assert.deepEqual(stored, item[name], `${target}.${name}`)
      }
    }
  })

test('values computed from a vector are recomputed with it', async ({ api }) => {
  const [row] = await api.db.query(
    "select sign_bits = public.sign_bits(vector_json) as same from public.embeddings where status_id = 'columns'",
  )
  assert.deepEqual(row, { same: true })
})

test.run()

async function typesOf(api: Api, table: string): Promise<Record<string, string>> {
  const rows = await api.db.query<{ name: string; type: string }>(
    `select column_name as name, data_type as type from information_schema.columns
    where table_schema = 'public' and table_name = $1`,
    [table],
  )
  return Object.fromEntries(rows.map(({ name, type }) => [name, type]))
}

/** Of a post that the fixture has, so that reports and embeddings find it; the post itself is a new one. */
function keyValue(name: string): string {
  if (name === 'run_at') return '2026-03-01T10:00:00.000Z'
  return name === 'mode' ? 'manual' : 'columns'
}

function valueFor(name: string, type: string, version: number): unknown {
  if (type === 'timestamp with time zone') return new Date(Date.UTC(2026, 2, version, name.length)).toISOString()
  if (type === 'boolean') return version === 2
  if (type === 'jsonb') return Array(name.length + version).fill(version)
  if (name === 'dims') return 'vector_json'.length + version
  if (/^(bigint|integer)$/.test(type)) return name.length * 10 + version
  if (/tier$/.test(name)) return TIERS[version % TIERS.length]
  return name === 'author_handle' ? `author${version}` : `${name} ${version}`
}
