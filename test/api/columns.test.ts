import assert from 'node:assert/strict'
import { suite } from 'uvu'
import { makeToken } from '../../tooling/lib/api/token.ts'
import { TABLES, type Table } from '../../tooling/lib/move/tables.ts'
import { type Api, SECRET, startApi } from '../support/api.ts'

// Every column of the move must reach the clients.

/** The call that writes each table. A run is sent alone, the others as items. */
const INGEST: Record<string, string> = {
  posts: 'ingest_posts',
  reports: 'ingest_reports',
  watch_accounts: 'ingest_watch_accounts',
  pipeline_runs: 'ingest_run',
}

/** Vectors are not in the API's views. */
const NOT_READ = ['embeddings']

const columns = suite('columns', {} as { api: Api; types: Map<string, string> })

columns.before(async (context) => {
  context.api = await startApi()
  await context.api.db.query('truncate public.posts, public.watch_accounts, public.pipeline_runs cascade')
  const rows = await context.api.db.query<{ name: string; type: string }>(
    `select table_name || '.' || column_name as name, data_type as type from information_schema.columns where table_schema = 'public'`,
  )
  context.types = new Map(rows.map(({ name, type }) => [name, type]))
})
columns.after(({ api }) => api.stop())

const moved = (table: Table) => table.columns.map(({ name }) => name)

/** A value of the column's type, different in each round unless the column is part of the key. */
function columnValue(table: Table, name: string, round: number, types: Map<string, string>): unknown {
  const changing = table.key.includes(name) ? 0 : round
  if (name.endsWith('tier')) return ['teammate', 'influencer', 'ecosystem'][changing]
  if (name === 'mode') return 'manual'
  switch (types.get(`${table.target}.${name}`)) {
    case 'bigint':
      return moved(table).indexOf(name) * 10 + changing
    case 'boolean':
      return changing % 2 === 1
    case 'timestamp with time zone':
      return `2026-03-0${changing + 1}T10:00:00.123456+00:00`
    default:
      return `${name}${changing}`
  }
}

const rowOf = (table: Table, round: number, types: Map<string, string>) =>
  Object.fromEntries(moved(table).map((name) => [name, columnValue(table, name, round, types)]))

columns('every moved column can be inserted and updated by ingest', async ({ api, types }) => {
  const { token } = await makeToken({ role: 'ingest', ttl: '5m', secret: SECRET })
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
  // Posts first: reports need one.
  const tables = ['posts', 'reports', 'watch_accounts', 'pipeline_runs'].map(
    (name) => TABLES.find(({ target }) => target === name)!,
  )
  for (const round of [1, 2])
    for (const table of tables) {
      const sent = rowOf(table, round, types)
      const body = JSON.stringify(table.target === 'pipeline_runs' ? sent : { items: [sent] })
      const call = `${api.target.api}/rpc/${INGEST[table.target]}`
      const answer = await fetch(call, { method: 'POST', headers, body })
      const text = await answer.text()
      assert.equal(answer.status, 200, text)
      const [stored] = await api.db.query(`select ${moved(table).join(', ')} from public.${table.target}`)
      for (const [name, value] of Object.entries(sent)) {
        const got = stored![name]
        const same = got instanceof Date ? got.getTime() === Date.parse(String(value)) : String(got) === String(value)
        assert.ok(same, `${table.target}.${name}, round ${round}: sent ${value}, stored ${got}: ${text}`)
      }
    }
})

columns('every moved column can be read', async ({ api }) => {
  for (const table of TABLES) {
    if (NOT_READ.includes(table.target)) continue
    const rows = await api.db.query<{ name: string }>(
      `select column_name as name from information_schema.columns where table_schema = 'api' and table_name = $1`,
      [table.target],
    )
    const view = rows.map(({ name }) => name)
    const missing = moved(table).filter((name) => !view.includes(name))
    assert.deepEqual(missing, [], `missing in api.${table.target}`)
  }
})

columns('every moved column counts in the digest of its row', async ({ api, types }) => {
  for (const table of TABLES.filter(({ target }) => target in INGEST)) {
    const digest = async () =>
      (await api.db.query('select digest from public.row_digests where table_name = $1', [table.target]))[0]!.digest
    const before = await digest()
    for (const name of moved(table).filter((name) => !table.key.includes(name))) {
      const value = columnValue(table, name, name.endsWith('tier') ? 0 : 3, types)
      await api.db.query('begin')
      await api.db.query(`update public.${table.target} set ${name} = $1`, [value])
      assert.notEqual(await digest(), before, `${table.target}.${name}`)
      await api.db.query('rollback')
    }
  }
})

columns.run()
