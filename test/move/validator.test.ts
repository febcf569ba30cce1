import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import { type Database, freshDatabase } from '../support/database.ts'
import { SHAPES, type Shape } from './oracle.ts'
import {
  AT,
  type Cell,
  check,
  filesOf,
  goodRows,
  move,
  type Row,
  run,
  type SourceTable,
  temporaryFolder,
  writeSource,
} from './support.ts'

const test = suite('the validator')
const TABLES = Object.keys(SHAPES) as SourceTable[]
/** Per table so many rows with all columns filled, as many with the required ones only, and as many with 0 and ''. */
const EACH = 100
/** Columns that Postgres fills itself. */
const GENERATED_COLUMNS: Record<string, string[]> = {
  posts: ['search_text', 'metrics_at', 'created_at', 'updated_at'],
  post_metrics_snapshots: ['created_at'],
  reports: ['created_at'],
  watch_accounts: ['created_at', 'updated_at'],
  pipeline_runs: ['created_at'],
  embeddings: [],
}

const full = filesOf(join(temporaryFolder(), 'x_monitor.db'))
let db: Database

test.before(async () => {
  const rows = Object.fromEntries(TABLES.map((table) => [table, everyKindOfRow(table)]))
  const typed = (table: SourceTable) =>
    Object.entries(SHAPES[table].columns).map(
      ([name, { kind }]) => `${name} ${/count|integer|flag/.test(kind) ? 'integer' : 'text'}`,
    )
  writeSource(
    full.source,
    rows,
    Object.fromEntries(TABLES.map((table) => [table, `create table ${table} (${typed(table)})`])),
  )
  db = await freshDatabase()
  await move(db, full)
})
test.after(() => db.drop())

test('finds both sides equal when nothing was changed, and writes nothing into the database', async () => {
  const written = async () =>
    (await db.query('select xmin::text, status_id from posts order by 2')).map(({ xmin }) => xmin)
  const before = await written()
  const report = await check(db, full)
  assert.ok(report.ok)
  assert.deepEqual(report.differences, [])
  assert.deepEqual(await written(), before)
})

test('compares every column of the six tables except those that Postgres fills itself', async () => {
  const { not_compared } = await check(db, full)
  assert.deepEqual(
    not_compared,
    Object.fromEntries(Object.entries(GENERATED_COLUMNS).filter(([, columns]) => columns.length > 0)),
  )
  for (const { target, columns, computed } of Object.values(SHAPES)) {
    const names = await columnsOf(target)
    assert.deepEqual(
      names.filter((name) => !GENERATED_COLUMNS[target]!.includes(name)).sort(),
      Object.keys({ ...columns, ...computed }).sort(),
      target,
    )
  }
})

test('names every changed cell: in each column, NULL instead of empty or 0, a microsecond, a trailing space', async () => {
  const changes = [...TABLES.flatMap(changesOf), ...snapshotChanges()]
  // Without foreign keys, so that a changed status_id does not cascade.
  const each = changes.map(({ sql }) => `${sql}; get diagnostics rows = row_count; assert rows = 1, $$${sql}$$`)
  await db.query(`set session_replication_role = replica; do $do$ declare rows int; begin ${each.join('; ')}; end $do$`)
  const report = await check(db, full)
  const named = report.differences.map(({ table, key, kind, field }) => `${table} ${key} ${field ?? kind}`)
  const planted = changes.flatMap(({ said }) => said)
  assert.deepEqual(
    planted.filter((one) => !named.includes(one)),
    [],
    'not found',
  )
  assert.deepEqual(
    named.filter((one) => !planted.includes(one)),
    [],
    'found, but not planted',
  )
  assert.ok(!report.ok)
  console.log(`${planted.length} changed cells, all of them found`)

  const changed = new Set(changes.map(({ table, column }) => `${table}.${column}`))
  for (const table of Object.keys(GENERATED_COLUMNS))
    for (const name of await columnsOf(table))
      if (!GENERATED_COLUMNS[table]!.includes(name))
        assert.ok(changed.has(`${table}.${name}`), `${table}.${name} was not changed`)
  for (const table of Object.keys(report.tables)) assert.ok(report.tables[table]!.differences > 0, table)
})

test('says what both sides hold where they differ', async () => {
  const { differences } = await check(db, full)
  const cell = (wanted: string, field: string) =>
    differences.find(({ table, field: of }) => table === wanted && of === field)
  const { sqlite, postgres } = cell('posts', 'likes')!
  assert.equal(Number(postgres), Number(sqlite) + 1)
  assert.ok(
    differences.some(({ field, sqlite, postgres }) => field === 'body_text' && sqlite === '' && postgres === null),
  )
  assert.ok(
    differences.some(({ field, sqlite, postgres }) => field === 'body_text' && sqlite === null && postgres === ''),
  )
  assert.ok(
    differences.some(({ field, sqlite, postgres }) => field === 'likes_24h' && sqlite === '0' && postgres === null),
  )
  assert.ok(
    differences.some(({ field, sqlite, postgres }) => field === 'likes_24h' && sqlite === null && postgres === '0'),
  )
})

test('finds a missing row and an unknown row in each table', async () => {
  const files = filesOf(join(temporaryFolder(), 'x_monitor.db'))
  writeSource(files.source, goodRows(50))
  const one = await freshDatabase()
  await move(one, files)
  await one.query('set session_replication_role = replica')
  const away = (table: string, key: string) => one.query(`delete from ${table} where ${key}`)
  await away('post_metrics_snapshots', "status_id = '7' and snapshot_type = 'latest_observed'")
  await away('embeddings', "status_id = '8'")
  await away('reports', "status_id = '9'")
  await away('watch_accounts', "handle = 'account10'")
  await away('pipeline_runs', "run_at = '2026-01-01 11:00:00+00'")
  const put = (table: string, values: string) => one.query(`insert into ${table} values (${values})`)
  await put('post_metrics_snapshots', `'7', 'refresh_24h', '${AT}', 0, 0, 0, 0, 'sqlite_migration'`)
  await put('embeddings', `'x', 'b', 'm', 2, '[0.5, -1e-05]', 'h', '${AT}'`)
  await put('reports', `'x', '${AT}'`)
  await put('watch_accounts', `'extra', 'teammate', null, '${AT}'`)
  await put('pipeline_runs', `'${AT}', 'manual'`)
  await one.query(
    `insert into posts (status_id, url, author_handle, discovered_at, last_seen_at) values ('x', 'u', 'a', '${AT}', '${AT}')`,
  )
  await away('posts', "status_id = '11'")
  const { differences } = await check(one, files)
  assert.deepEqual(differences.map(({ table, key, kind }) => `${table} ${key} ${kind}`).sort(), [
    'embeddings 8 missing in Postgres',
    'embeddings x not in SQLite',
    'pipeline_runs 2026-01-01 11:00:00+00 priority local-dispatcher missing in Postgres',
    'pipeline_runs 2026-02-01 10:00:00+00 manual local-dispatcher not in SQLite',
    'post_metrics_snapshots 7 latest_observed 2026-02-01 10:00:00+00 missing in Postgres',
    'post_metrics_snapshots 7 refresh_24h 2026-02-01 10:00:00+00 not in SQLite',
    'posts 11 missing in Postgres',
    'posts x not in SQLite',
    'reports 9 missing in Postgres',
    'reports x not in SQLite',
    'watch_accounts account10 missing in Postgres',
    'watch_accounts extra not in SQLite',
  ])
  await one.drop()
})

test('what a collector appended or an earlier import saw is not a difference; the same seed shows the same posts', async () => {
  const one = await freshDatabase()
  const files = filesOf(full.source, join(temporaryFolder(), 'data'))
  await move(one, files)
  for (const [at, source] of [
    ['1 day', 'ingest'],
    ['-1 day', 'sqlite_migration'],
  ])
    await one.query(`insert into post_metrics_snapshots (status_id, snapshot_type, snapshot_at, source)
      select status_id, 'latest_observed', last_seen_at + interval '${at}', '${source}' from posts`)
  const [first, second] = [await check(one, files), await check(one, files)]
  assert.deepEqual(first.differences, [])
  assert.equal(first.sample.posts.length, 3)
  assert.deepEqual(first.sample, second.sample)
  await one.drop()
})

test('the command prints what differs, exits 1 and writes two reports', async () => {
  const args = ['--snapshot', full.snapshot, '--rejects', full.rejects, '--out', full.out, '--seed', '7']
  const { code, stdout } = await run('validate', args, { env: { DATABASE_URL: db.url } })
  assert.equal(code, 1)
  assert.match(stdout, /^FAIL {2}posts: every row, every column: \d+ columns, /m)
  assert.match(stdout, /^ {6}\w+ x\w+ not in SQLite$/m)
  assert.ok(stdout.includes(`validation failed: see ${full.out}/validation.html`))
  assert.ok(!JSON.parse(readFileSync(join(full.out, 'validation.json'), 'utf8')).ok)
  const page = readFileSync(join(full.out, 'validation.html'), 'utf8')
  assert.ok(page.includes('Postgres and SQLite differ</h1>'))
  assert.doesNotMatch(page, /(src|href)=/)
})

test.run()

async function columnsOf(table: string): Promise<string[]> {
  const rows = await db.query(
    "select column_name as name from information_schema.columns where table_schema = 'public' and table_name = $1",
    [table],
  )
  return rows.map(({ name }) => name)
}

function everyKindOfRow(table: SourceTable): Row[] {
  const columns = Object.entries(SHAPES[table].columns)
  // One more post, without a report and an embedding: its key can change without side effects.
  return Array.from({ length: 3 * EACH + (table === 'tweets' ? 1 : 0) }, (_, index) => {
    const cells = columns.map(([name, { kind, required }]): [string, Cell] => {
      const filled = FILLED[kind](index, name)
      if (required || index < EACH) return [name, filled]
      return [name, index < 2 * EACH ? null : (EMPTY[kind] ?? filled)]
    })
    return Object.fromEntries(cells)
  })
}

type Kind = Shape['columns'][string]['kind']

const EMPTY: Partial<Record<Kind, Cell>> = { text: '', integer: 0, count: 0, flag: 0 }

const FILLED: Record<Kind, (index: number, name: string) => Cell> = {
  id: (index) => String(index),
  handle: (index) => `handle${index}`,
  text: (_, name) => `a ${name}`,
  origin: () => 'cron',
  tier: () => 'teammate',
  mode: () => 'priority',
  flag: () => 1,
  count: (index) => index,
  integer: () => 3,
  time: (index) => `${instant(index).replace(' ', 'T')}:00`,
  vector: (index) => (index < 2 * EACH ? '[1,2,3]' : '[]'),
}

function instant(index: number): string {
  return `${new Date(Date.parse(AT) + index * 3_600_000).toISOString().slice(0, 19).replace('T', ' ')}+00`
}

/** A changed cell, and what the validation must print for it. */
type Change = { table: string; column: string; sql: string; said: string[] }

/** A different value of each kind, made from the present one. */
const OTHER: Record<Kind, (column: string) => string> = {
  id: (column) => `'x' || ${column}`,
  handle: (column) => `'x' || ${column}`,
  text: (column) => `${column} || 'x'`,
  origin: () => `'other'`,
  tier: () => `'ecosystem'`,
  mode: () => `'manual'`,
  flag: (column) => `not ${column}`,
  count: (column) => `${column} + 1`,
  integer: (column) => `${column} - 1`,
  time: (column) => `${column} + interval '1 microsecond'`,
  vector: () => `'[1,2,4]'`,
}

/** A value in place of NULL that looks as if nothing had changed. */
const INSTEAD_OF_NULL: Partial<Record<Kind, string>> = { text: `''`, integer: '0', time: 'now()', tier: `'teammate'` }

/** Changes of each column of a table, each in a different row. */
function changesOf(source: SourceTable): Change[] {
  const { target, key, columns, computed = {} } = SHAPES[source]
  const changes: Change[] = []
  const next = [0, EACH, 2 * EACH]
  const plant = (rows: 'filled' | 'null' | 'empty', column: string, value: string) => {
    const band = ['filled', 'null', 'empty'].indexOf(rows)
    const lonely = target === 'posts' && key.includes(column)
    const index = lonely ? 3 * EACH : next[band]!++
    assert.ok(lonely || index < (band + 1) * EACH, 'more rows are needed')
    const before: Record<string, string> = {
      status_id: String(index),
      handle: `handle${index}`,
      run_at: instant(index),
      mode: 'priority',
      source: 'cron',
    }
    const after: Record<string, string> = {
      status_id: `x${index}`,
      handle: `xhandle${index}`,
      run_at: instant(index).replace('+', '.000001+'),
      mode: 'manual',
      source: 'other',
    }
    const old = key.map((name) => before[name]).join(' ')
    const now = key.map((name) => (name === column ? after : before)[name]).join(' ')
    const where = key.map((name) => `${name} = '${before[name]}'`).join(' and ')
    changes.push({
      table: target,
      column,
      sql: `update ${target} set ${column} = ${value} where ${where}`,
      said: key.includes(column)
        ? [`${target} ${old} missing in Postgres`, `${target} ${now} not in SQLite`]
        : [`${target} ${old} ${column}`],
    })
  }
  for (const [column, { kind, required }] of Object.entries(columns)) {
    plant('filled', column, OTHER[kind](column))
    if (kind === 'text') plant('filled', column, `${column} || ' '`)
    if (kind === 'text') plant('filled', column, `upper(${column})`)
    const nullable = !required && INSTEAD_OF_NULL[kind]
    if (!nullable) continue
    plant('filled', column, 'null')
    // The source is part of a run's key and differs in these rows.
    if (target === 'pipeline_runs') continue
    plant('null', column, nullable)
    if (kind === 'text' || kind === 'integer') plant('empty', column, 'null')
  }
  for (const column of Object.keys(computed)) {
    plant('filled', column, `~ ${column}`)
    plant('filled', column, 'null')
    plant('empty', column, `'1'`)
  }
  return changes
}

function snapshotChanges(): Change[] {
  const table = 'post_metrics_snapshots'
  const change = (index: number, column: string, value: string, now?: string): Change => {
    const old = `${index} initial_capture ${instant(index)}`
    return {
      table,
      column,
      sql: `update ${table} set ${column} = ${value} where status_id = '${index}' and snapshot_type = 'initial_capture'`,
      said: now
        ? [`${table} ${old} missing in Postgres`, `${table} ${now} not in SQLite`]
        : [`${table} ${old} ${column}`],
    }
  }
  const cells = ['likes', 'reposts', 'replies', 'views'].map((column, index) => change(index, column, `${column} + 1`))
  const later = instant(6).replace('+', '.000001+')
  return [
    ...cells,
    change(4, 'source', `'ingest'`),
    change(5, 'source', `'by hand'`),
    change(6, 'snapshot_at', `snapshot_at + interval '1 microsecond'`, `6 initial_capture ${later}`),
    change(7, 'status_id', `'x7'`, `x7 initial_capture ${instant(7)}`),
    // A post without a refresh.
    change(EACH, 'snapshot_type', `'refresh_24h'`, `${EACH} refresh_24h ${instant(EACH)}`),
  ]
}
