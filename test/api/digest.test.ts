import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { suite } from 'uvu'
import { TABLES } from '../../tooling/lib/move/tables.ts'
import { type Api, ENGINES, startApi } from '../support/api.ts'

// /rpc/ingest_digest, computed a second time from its description in docs/api.md.

/** The columns of the monitor's file. */
const SOURCE_TABLES = TABLES.map((table) => ({ ...table, columns: table.columns.filter(({ computed }) => !computed) }))

type Day = { table_name: string; day: string; rows: number; digest: string }
type Row = { key: string[]; digest: string }

const DAY_OF = Object.fromEntries(TABLES.map(({ target, dayColumn }) => [target, dayColumn]))

for (const engine of ENGINES) {
  const digests = suite(`digest, ${engine}`, {} as { api: Api })

  digests.before(async (context) => {
    context.api = await startApi(engine)
    await context.api.db.query(`
      update public.posts set body_text = E'"quoted" \\\\ \\t\\n\\u0001 \\u2028 ü 😀', author_display = '', refresh_24h_at = '0001-01-01T00:00:00Z'
      where status_id = '1890000000000000003'`)
    await context.api.db.query(
      "update public.embeddings set vector_json = '[1e2, -1.50, 1.5e-3, 0]', dims = 4, updated_at = '9999-12-31T23:59:59.999999Z'",
    )
  })

  digests.after(async ({ api }) => {
    await api?.stop()
  })

  const get = async (api: Api, query = ''): Promise<unknown> => {
    const headers = { Authorization: `Bearer ${api.target.token}` }
    const response = await fetch(`${api.target.v1}/ingest/digest?${query}`, { headers })
    const answer = await response.json()
    assert.equal(response.status, 200, JSON.stringify(answer))
    return answer
  }

  digests('counts the rows of each table and day, and digests them as described', async ({ api }) => {
    const expected = (await Promise.all(TABLES.map(({ target }) => daysOf(api, target)))).flat()
    expected.sort((a, b) => compare(`${a.table_name} ${a.day}`, `${b.table_name} ${b.day}`))
    assert.deepEqual(await get(api), expected)
    assert.deepEqual(
      await get(api, 'table_name=reports'),
      expected.filter(({ table_name }) => table_name === 'reports'),
    )
    assert.deepEqual(
      await get(api, 'table_name=posts&since=2026-02-02&until=2026-02-03'),
      expected.filter(({ table_name, day }) => table_name === 'posts' && day === '2026-02-02'),
    )
  })

  digests('lists the rows of one day', async ({ api }) => {
    for (const { target } of TABLES)
      for (const { day, rows, digest } of await daysOf(api, target)) {
        const listed = (await get(api, `table_name=${target}&day=${day}`)) as Row[]
        assert.deepEqual(listed, await rowsOf(api, target, day))
        assert.deepEqual([listed.length, combine(listed)], [rows, digest])
      }
    assert.deepEqual(await get(api, 'table_name=posts&day=1999-01-01'), [])
  })

  digests('a change in any single cell changes the digest of its row and day', async ({ api }) => {
    for (const { target, columns, key } of SOURCE_TABLES) {
      const [{ day }] = (await daysOf(api, target)) as [Day]
      const before = await get(api, `table_name=${target}&day=${day}`)
      const counts = (await get(api, `table_name=${target}`)) as Day[]
      for (const { name } of columns) {
        await api.db.query('begin')
        // A timestamp moves by a microsecond, a text gets one more character, null becomes a value.
        await api.db.query('set session_replication_role = replica')
        const [{ type }] = (await api.db.query(
          'select data_type as type from information_schema.columns where table_name = $1 and column_name = $2 and table_schema = $3',
          [target, name, 'public'],
        )) as [{ type: string }]
        const where = `(${key.join(', ')}) = (select ${key.join(', ')} from public.${target} where (${DAY_OF[target]} at time zone 'UTC')::date = '${day}' limit 1)`
        for (const constraint of await checksOf(api, target))
          await api.db.query(`alter table public.${target} drop constraint ${constraint}`)
        await api.db.query(`update public.${target} set ${name} = ${changed(name, type)} where ${where}`)
        const [{ rows, counted }] = (await api.db.query(
          'select api.ingest_digest($1, day => $2) as rows, api.ingest_digest($1) as counted',
          [target, day],
        )) as [{ rows: Row[]; counted: Day[] }]
        await api.db.query('rollback')
        assert.notDeepEqual(rows, before, `${target}.${name}`)
        assert.notDeepEqual(counted, counts, `${target}.${name}`)
      }
    }
    assert.deepEqual(await get(api, 'table_name=posts'), await daysOf(api, 'posts'))
  })

  digests('errors name the invalid argument', async ({ api }) => {
    const headers = { Authorization: `Bearer ${api.target.token}` }
    for (const [query, message] of [
      ['table_name=tweets', "table_name cannot be 'tweets'"],
      ['day=2026-02-01', "table_name cannot be ''"],
      ['table_name=posts&day=yesterday', "day cannot be 'yesterday'"],
      ['table_name=posts&day=2026-02-30', "day cannot be '2026-02-30'"],
      ['since=x', "since cannot be 'x'"],
    ]) {
      const response = await fetch(`${api.target.v1}/ingest/digest?${query}`, { headers })
      const answer = (await response.json()) as { code: string; message: string }
      assert.deepEqual([response.status, answer.code, answer.message], [400, 'PT400', message])
    }
    assert.equal((await fetch(`${api.target.v1}/ingest/digest`)).status, 401)
  })

  digests.run()
}

async function daysOf(api: Api, table: string): Promise<Day[]> {
  const at = DAY_OF[table]!
  const days = await api.db.query<{ day: string }>(
    `select distinct to_char(${at} at time zone 'UTC', 'YYYY-MM-DD') as day from public.${table} order by 1`,
  )
  return Promise.all(
    days.map(async ({ day }) => {
      const rows = await rowsOf(api, table, day)
      return { table_name: table, day, rows: rows.length, digest: combine(rows) }
    }),
  )
}

/** The rows as the description says, from the texts of the columns. */
async function rowsOf(api: Api, table: string, day: string): Promise<Row[]> {
  const { columns, key } = SOURCE_TABLES.find(({ target }) => target === table)!
  const texts = columns.map(({ name }) =>
    name.endsWith('_at')
      ? `(extract(epoch from ${name} - timestamptz '2000-01-01T00:00:00Z') * 1000000)::bigint::text as ${name}`
      : `${name}::text as ${name}`,
  )
  const rows = await api.db.query<Record<string, string | null>>(
    `select ${texts.join(', ')} from public.${table} where (${DAY_OF[table]} at time zone 'UTC')::date = $1::date`,
    [day],
  )
  const written = (row: Record<string, string | null>, name: string) =>
    name.endsWith('_at') && row[name] !== null
      ? BigInt.asUintN(64, BigInt(row[name]!)).toString(16).padStart(16, '0')
      : row[name]!
  return rows
    .map((row) => ({
      key: key.map((name) => written(row, name)),
      digest: createHash('sha256')
        .update(JSON.stringify(columns.map(({ name }) => written(row, name))))
        .digest('hex')
        .slice(0, 32),
    }))
    .sort((a, b) => compare(JSON.stringify(a.key), JSON.stringify(b.key)))
}

function combine(rows: readonly Row[]): string {
  const all = rows.reduce((sum, { digest }) => sum ^ BigInt(`0x${digest}`), 0n)
  return all.toString(16).padStart(32, '0')
}

function changed(name: string, type: string): string {
  if (type === 'boolean') return `not ${name}`
  if (type === 'timestamp with time zone') return `coalesce(${name}, now()) + interval '1 microsecond'`
  if (type === 'jsonb') return `'[9]'`
  if (type === 'text') return `coalesce(${name}, '') || '.'`
  return `coalesce(${name}, 0) + 1`
}

async function checksOf(api: Api, table: string): Promise<string[]> {
  const rows = await api.db.query<{ conname: string }>(
    `select conname from pg_constraint where conrelid = 'public.${table}'::regclass and contype = 'c'`,
  )
  return rows.map(({ conname }) => conname)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
