import assert from 'node:assert/strict'
import { join } from 'node:path'
import { suite } from 'uvu'
import { type Database, freshDatabase } from '../support/database.ts'
import { change, check, filesOf, good, goodRows, move, TABLES, temporaryFolder, writeSource } from './support.ts'

const test = suite('unusual source files', {} as { db: Database; source: string })

test.before.each(async (context) => {
  context.source = join(temporaryFolder(), 'x_monitor.db')
  context.db = await freshDatabase()
})
test.after.each(({ db }) => db.drop())

test('tables and columns in upper case, without a rowid, with rows in the order of the key', async ({ db, source }) => {
  const tables = Object.fromEntries(
    Object.entries(TABLES).map(([table, sql]) => [
      table,
      `${sql.toUpperCase()}${table === 'runs' ? '' : ' WITHOUT ROWID'}`,
    ]),
  )
  const rows = goodRows(12)
  rows.watch_accounts!.push(good('watch_accounts', 99, { handle: '@account3' }))
  const files = filesOf(writeSource(source, rows, tables))
  const report = await move(db, files)
  assert.deepEqual(report.tables.posts, { read: 12, inserted: 12, updated: 0, unchanged: 0, rejected: 0, deleted: 0 })
  // '@account3' comes first in the order of the key, so 'account3' supersedes it.
  assert.equal(report.tables.watch_accounts!.rejected, 1)
  assert.ok((await check(db, files)).ok)
})

test('a table of 300 columns, one of them generated, one with a quote in its name', async ({ db, source }) => {
  const more = Array.from({ length: 280 }, (_, n) => `more_${n} text default 'x'`)
  const odd = [`"it's ""odd""" text default 'o'`, `body_text text generated always as ('post ' || status_id) virtual`]
  const tweets = TABLES.tweets.replace(', body_text text', '').replace(/\)$/, `, ${[...more, ...odd].join(', ')})`)
  const files = filesOf(writeSource(source, goodRows(2), { tweets }))
  await move(db, files)
  assert.deepEqual(await db.query('select body_text from posts order by 1'), [
    { body_text: 'post 1' },
    { body_text: 'post 2' },
  ])
  assert.ok((await check(db, files)).ok)
})

test('full-text tables and settings are not moved', async ({ db, source }) => {
  writeSource(source, goodRows(2))
  change(
    source,
    `create virtual table tweets_fts using fts5 (body_text); insert into tweets_fts values ('words');
     create table settings (key text, value text); insert into settings values ('a', 'b')`,
  )
  const files = filesOf(source)
  const report = await move(db, files)
  assert.deepEqual(Object.keys(report.tables), ['watch_accounts', 'posts', 'reports', 'pipeline_runs', 'embeddings'])
  assert.ok((await check(db, files)).ok)
})

test('a reference that is broken or wrongly declared is noted and does not stop the copy', async ({ source }) => {
  const { takeSnapshot } = await import('../../tooling/lib/move/snapshot.ts')
  const reports = (to: string) =>
    TABLES.reports.replace('status_id text primary key', `status_id text references tweets (${to})`)
  const rows = { ...goodRows(2), reports: [good('reports', 1), good('reports', 5)] }
  const out = join(source, '../data')
  // Foreign keys are not enforced while the rows are written.
  const written = (to: string) => writeSource(source, rows, { reports: `pragma foreign_keys = off; ${reports(to)}` })
  const broken = await takeSnapshot(written('status_id'), out)
  assert.deepEqual(broken.foreign_key_check, { violations: 1, first: ['reports row 2 -> tweets'] })
  const wrong = await takeSnapshot(written('url'), out)
  assert.deepEqual(wrong.foreign_key_check, {
    violations: 1,
    first: ['foreign key mismatch - "reports" referencing "tweets"'],
  })
})

test('huge texts: 20 MB of line breaks next to an integer id, and the same with invalid UTF-8', async ({
  db,
  source,
}) => {
  const tweets = TABLES.tweets.replace('status_id text', 'status_id integer')
  const long = '\n"\\'.repeat(7_000_000)
  writeSource(
    source,
    { tweets: [good('tweets', 1, { status_id: 2n ** 62n, body_text: long }), good('tweets', 2, { body_text: long })] },
    { tweets },
  )
  change(source, "update tweets set body_text = cast(body_text || x'ff' as text) where status_id = 2")
  const files = filesOf(source)
  const report = await move(db, files)
  assert.deepEqual(report.tables.posts, { read: 2, inserted: 1, updated: 0, unchanged: 0, rejected: 1, deleted: 0 })
  const [post] = await db.query('select status_id, length(body_text) as length from posts')
  assert.deepEqual(post, { status_id: String(2n ** 62n), length: long.length })
  assert.ok((await check(db, files)).ok)
})

test.run()
