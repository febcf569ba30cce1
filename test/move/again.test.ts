import assert from 'node:assert/strict'
import { join } from 'node:path'
import { suite } from 'uvu'
import { Failure } from '../../tooling/lib/errors.ts'
import type { ImportReport } from '../../tooling/lib/move/import.ts'
import { rollback } from '../../tooling/lib/move/rollback.ts'
import { TARGET_TABLES } from '../../tooling/lib/move/tables.ts'
import { generate } from '../../tooling/lib/samples/generate.ts'
import { wrongCounts } from '../support/counts.ts'
import { type Database, freshDatabase } from '../support/database.ts'
import {
  AT,
  change,
  check,
  filesOf,
  good,
  goodRows,
  importAgain,
  move,
  type SourceTable,
  TABLES,
  temporaryFolder,
  writeSource,
} from './support.ts'

const test = suite('import again', {} as { db: Database; folder: string })

test.before.each(async (context) => {
  context.folder = temporaryFolder()
  context.db = await freshDatabase()
})
test.after.each(async ({ db }) => {
  await db.drop()
})

/** Every row, with the transaction that wrote it and its place: an unchanged row keeps both. */
async function everything(db: Database): Promise<string[]> {
  const rows: string[] = []
  for (const table of TARGET_TABLES)
    for (const row of await db.query(
      `select '${table} ' || xmin || ' ' || ctid || ' ' || t::text as row from ${table} t order by 1`,
    ))
      rows.push(row.row)
  return rows
}

function sums({ tables }: ImportReport) {
  for (const [name, { read, inserted, updated, unchanged, rejected }] of Object.entries(tables))
    assert.equal(read, inserted + updated + unchanged + rejected, name)
}

test('three imports of the same export write each row once', async ({ db, folder }) => {
  const source = join(folder, 'source.db')
  generate({ file: source, posts: 500, embeddings: 50, dims: 3, rejects: true })
  const files = filesOf(source)
  const first = await move(db, files)
  const before = await everything(db)
  for (let turn = 0; turn < 2; turn++) {
    const again = await importAgain(db, files)
    sums(again)
    assert.equal(again.rejected, first.rejected)
    for (const { inserted, updated } of [...Object.values(again.tables), ...Object.values(again.snapshots)])
      assert.deepEqual([inserted, updated], [0, 0])
  }
  assert.deepEqual(await everything(db), before)
  assert.ok((await check(db, files)).ok)
})

test('a changed source row updates just that row, and its updated_at', async ({ db, folder }) => {
  const files = filesOf(writeSource(join(folder, 'source.db'), goodRows(20)))
  await move(db, files)
  const before = await db.query('select status_id, xmin::text, updated_at from posts order by 1')
  change(files.source, "update tweets set likes = 7, last_seen_at = '2026-02-02T10:00:00Z' where status_id = '5'")
  const report = await move(db, files)
  assert.deepEqual(report.tables.posts, { read: 20, inserted: 0, updated: 1, unchanged: 19, rejected: 0, deleted: 0 })
  assert.equal(report.snapshots.latest_observed!.inserted, 1)
  const after = await db.query('select status_id, xmin::text, updated_at from posts order by 1')
  const moved = after.filter((row, index) => row.xmin !== before[index]!.xmin)
  assert.deepEqual(
    moved.map(({ status_id }) => status_id),
    ['5'],
  )
  assert.ok(moved[0]!.updated_at > before.find(({ status_id }) => status_id === '5')!.updated_at)
  const { ok, differences } = await check(db, files)
  assert.ok(ok, JSON.stringify(differences))
})

test('a newer source adds its rows, brings metrics up to date, and still validates', async ({ db, folder }) => {
  const files = filesOf(writeSource(join(folder, 'source.db'), goodRows(10)))
  await move(db, files)
  change(
    files.source,
    `insert into tweets (status_id, url, author_handle, discovered_at, last_seen_at) values ('900', 'u', 'b', '${AT}', '${AT}');
    insert into reports (status_id, reported_at) values ('900', '${AT}');
    update tweets set likes = likes + 3, initial_likes = null, last_seen_at = '2026-02-03T00:00:00Z';
    update tweets set discovered_at = '2026-01-31T00:00:00Z' where status_id = '2'`,
  )
  const report = await move(db, files)
  sums(report)
  assert.equal(report.tables.posts!.inserted, 1)
  assert.equal(report.tables.reports!.inserted, 1)
  const { ok, differences } = await check(db, files)
  assert.ok(ok, JSON.stringify(differences.slice(0, 3)))
})

test('metrics derived from an instant that the source corrects are removed; history and what a collector sent stay', async ({
  db,
  folder,
}) => {
  const rows = goodRows(4)
  for (const row of rows.tweets!) row.refresh_24h_at = '2026-02-02T10:00:00Z'
  const files = filesOf(writeSource(join(folder, 'source.db'), rows))
  await move(db, files)
  const sent = (id: number) =>
    db.query(
      `insert into post_metrics_snapshots (status_id, snapshot_type, snapshot_at) values ('${id}', 'refresh_24h', '2026-02-09')`,
    )
  await sent(1)
  change(
    files.source,
    `update tweets set refresh_24h_at = '2026-02-03T10:00:00Z' where status_id = '1';
     update tweets set refresh_24h_at = null where status_id = '2';
     update tweets set discovered_at = '2026-01-31T10:00:00Z' where status_id = '3';
     update tweets set last_seen_at = '2026-01-31T23:00:00Z' where status_id = '4'`,
  )
  const { outdated, snapshots } = await move(db, files)
  assert.equal(outdated, 4)
  assert.deepEqual(
    Object.values(snapshots).map(({ inserted, updated }) => [inserted, updated]),
    [
      [1, 0],
      [1, 0],
      [1, 0],
    ],
  )
  assert.equal((await db.query("select from post_metrics_snapshots where source = 'ingest'")).length, 1)
  const { ok, differences } = await check(db, files)
  assert.ok(ok, JSON.stringify(differences))
  assert.equal((await importAgain(db, files)).outdated, 0)
})

test('a dry run says what an import would do, and changes nothing', async ({ db, folder }) => {
  const files = filesOf(writeSource(join(folder, 'source.db'), goodRows(5)))
  const report = await move(db, files, { dryRun: true })
  assert.ok(report.dry_run)
  assert.equal(report.tables.posts!.inserted, 5)
  assert.deepEqual(await everything(db), [])
})

test('a strict import with a rejected row changes nothing and says where the reason is', async ({ db, folder }) => {
  const rows = { ...goodRows(5), watch_accounts: [good('watch_accounts', 1, { tier: 'boss' })] }
  const files = filesOf(writeSource(join(folder, 'source.db'), rows))
  try {
    await move(db, files, { strict: true })
    assert.fail()
  } catch (error) {
    assert.ok(error instanceof Failure)
    assert.match(
      (error as Failure).fact,
      /^1 row cannot be moved; nothing was imported\.\n {4}1 watch_accounts\.tier is not one of .* \('boss', line 1\)$/,
    )
    assert.ok((error as Failure).next.includes(files.rejects))
  }
  assert.deepEqual(await everything(db), [])
})

test('a rollback empties the six tables and prints what it deleted; an import fills them again', async ({
  db,
  folder,
}) => {
  const files = filesOf(writeSource(join(folder, 'source.db'), goodRows(5)))
  await move(db, files)
  const { deleted } = await rollback()
  assert.deepEqual(deleted, {
    post_metrics_snapshots: 10,
    embeddings: 5,
    reports: 5,
    pipeline_runs: 5,
    watch_accounts: 5,
    posts: 5,
  })
  assert.deepEqual(await everything(db), [])
  assert.deepEqual(await wrongCounts(db), [])
  assert.equal((await importAgain(db, files)).tables.posts!.inserted, 5)
  assert.deepEqual(await wrongCounts(db), [])
})

test('older column names are understood, in upper case too', async ({ db, folder }) => {
  const tables = {
    tweets: `create table tweets (ID text primary key, tweet_url text, Username text, author_name text, content text, source text,
      tier text, significant integer, reason text, likes integer, retweets integer, replies integer, views integer,
      initial_retweets integer, retweets_24h integer, refresh_24h_delta_retweets integer, captured_at text, seen_at text)`,
    reports: 'create table reports (status_id text primary key, created_at text)',
    watch_accounts: 'create table watch_accounts (author_handle text primary key, watch_tier text, created_at text)',
    runs: 'create table runs (timestamp text, mode text)',
  }
  const post = {
    ID: '1',
    tweet_url: 'u',
    Username: '@Ann',
    content: 'text',
    source: 'q',
    tier: 'teammate',
    significant: 1,
  }
  const counts = { retweets: 3, initial_retweets: 1, retweets_24h: 2, refresh_24h_delta_retweets: 1 }
  const source = writeSource(
    join(folder, 'source.db'),
    {
      tweets: [{ ...post, ...counts, author_name: 'Ann', reason: 'why', captured_at: AT, seen_at: AT }],
      reports: [{ status_id: '1', created_at: AT }],
      watch_accounts: [{ author_handle: 'Ann', watch_tier: 'teammate', created_at: AT }],
      runs: [{ timestamp: AT, mode: 'refresh-24h' }],
    } as never,
    tables,
  )
  const files = filesOf(source)
  await move(db, files)
  const [row] = await db.query('select * from posts')
  const { status_id, url, author_handle, author_display, body_text, source_query, watch_tier, is_significant } = row!
  assert.deepEqual(
    [status_id, url, author_handle, author_display, body_text, source_query, watch_tier, is_significant],
    ['1', 'u', 'ann', 'Ann', 'text', 'q', 'teammate', true],
  )
  const { reposts, initial_reposts, reposts_24h, refresh_24h_delta_reposts, significance_version } = row!
  assert.deepEqual([reposts, initial_reposts, reposts_24h, refresh_24h_delta_reposts], ['3', '1', '2', '1'])
  assert.equal(significance_version, 'v1')
  assert.deepEqual(await db.query('select mode, source from pipeline_runs'), [
    { mode: 'refresh24h', source: 'local-dispatcher' },
  ])
  assert.ok((await check(db, files)).ok)
})

test('status_id keeps every digit, as TEXT, as INTEGER, without an affinity, and in tables without a rowid', async ({
  db,
  folder,
}) => {
  const ids = ['9007199254740993', '1774917276183183384', '9223372036854775807', '0001', '7']
  const withType = (type: string, without = ''): Partial<Record<SourceTable, string>> => ({
    tweets: `${TABLES.tweets.replace('status_id text', `status_id ${type}`)}${without}`,
    reports: `${TABLES.reports.replace('status_id text', `status_id ${type}`)}${without}`,
  })
  for (const [type, without] of [
    ['text', ''],
    ['integer', ''],
    ['', ''],
    ['text', ' without rowid'],
    ['integer', ' without rowid'],
  ] as const) {
    // SQLite itself turns '0001' into 1 in an integer column; what it holds is what has to arrive.
    const held = ids.map((id) => (type === 'text' ? id : BigInt(id)))
    const rows = {
      tweets: held.map((status_id, n) => good('tweets', n, { status_id })),
      reports: held.map((status_id, n) => good('reports', n, { status_id })),
    }
    const files = filesOf(
      writeSource(join(folder, `${type}${without}.db`), rows, withType(type, without)),
      join(folder, `${type}${without}`),
    )
    const report = await move(db, files)
    assert.equal(report.rejected, 0, `${type}${without}`)
    const found = (await db.query('select status_id from posts')).map(({ status_id }) => status_id)
    assert.deepEqual(found.sort(), held.map(String).sort(), `${type}${without}`)
    const { ok, differences } = await check(db, files)
    assert.ok(ok, JSON.stringify(differences))
    await rollback()
  }
})

test.run()
