import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import { wrongCounts } from '../support/counts.ts'
import { type Database, freshDatabase } from '../support/database.ts'
import {
  change,
  check,
  type Files,
  filesOf,
  goodRows,
  importAgain,
  move,
  run,
  temporaryFolder,
  writeSource,
} from './support.ts'

const test = suite('what was deleted on request', {} as { db: Database; files: Files })

test.before.each(async (context) => {
  context.db = await freshDatabase()
  const source = writeSource(join(temporaryFolder(), 'x_monitor.db'), goodRows(6))
  // Posts 1 and 2 are by ann, who is also on the watchlist.
  change(
    source,
    "update tweets set author_handle = '@Ann' where status_id in ('1', '2'); update watch_accounts set handle = 'ANN' where handle = 'account1'",
  )
  context.files = filesOf(source)
})
test.after.each(({ db }) => db.drop())

const purge = async (db: Database, ...args: string[]) => {
  const { code, stdout, stderr } = await run('purge', ['--json', ...args], { env: { DATABASE_URL: db.url } })
  return { code, stderr, answer: JSON.parse(stdout) }
}
const count = async (db: Database, table: string) =>
  (await db.query<{ count: number }>(`select count(*)::int as count from public.${table}`))[0]!.count
const deletedOf = ({ tables }: { tables: Record<string, { deleted: number }> }) =>
  Object.fromEntries(Object.entries(tables).flatMap(([table, { deleted }]) => (deleted > 0 ? [[table, deleted]] : [])))

test('an author is shown, then deleted; the move skips and counts the rows, and the validation knows it', async ({
  db,
  files,
}) => {
  await move(db, files)
  const rows = { watch_accounts: 1, posts: 2, reports: 2, embeddings: 2, post_metrics_snapshots: 4 }
  const shown = await purge(db, '--handle', '@ANN')
  assert.equal(shown.code, 2)
  assert.deepEqual(shown.answer, { undo: false, subject: { kind: 'handle', value: 'ann' }, confirmed: false, rows })
  assert.equal(await count(db, 'posts'), 6)

  const done = await purge(db, '--handle', '@ANN', '--reason', 'asked for it', '--yes')
  assert.deepEqual([done.code, done.answer.rows], [0, rows])
  assert.match(done.stderr, /^Database: /m)
  for (const [table, left] of Object.entries({ posts: 4, reports: 4, embeddings: 4, post_metrics_snapshots: 8 }))
    assert.equal(await count(db, table), left, table)

  const skipped = { watch_accounts: 1, posts: 2, reports: 2, embeddings: 2 }
  const report = await importAgain(db, files)
  assert.deepEqual(deletedOf(report), skipped)
  assert.deepEqual(report.tables.posts, { read: 6, inserted: 0, updated: 0, unchanged: 4, rejected: 0, deleted: 2 })
  assert.equal(report.rejected, 0)
  assert.ok(!readFileSync(files.rejects, 'utf8').includes('ann'))
  const validation = await check(db, files)
  assert.ok(validation.ok, JSON.stringify(validation.differences))
  assert.deepEqual(deletedOf(validation), skipped)
  assert.match(
    readFileSync(join(files.out, 'validation.html'), 'utf8'),
    /All rows are in Postgres but 7, which were deleted on request/,
  )
})

test('a tombstone may come before the first import', async ({ db, files }) => {
  assert.equal((await purge(db, '--handle', 'ann', '--yes')).code, 0)
  assert.equal((await purge(db, '--status-id', '3', '--yes')).code, 0)
  const report = await move(db, files)
  assert.deepEqual(deletedOf(report), { watch_accounts: 1, posts: 3, reports: 3, embeddings: 3 })
  assert.ok((await check(db, files)).ok)

  // The account is renamed: its posts stay deleted, and so does one that is known under an earlier handle.
  change(files.source, "update tweets set author_handle = 'ann2' where author_handle = '@Ann'")
  assert.equal((await move(db, files)).tables.posts!.deleted, 3)
  change(files.source, "update tweets set author_handle = 'ann' where status_id = '4'")
  const renamed = await move(db, files)
  assert.deepEqual([renamed.tables.posts!.deleted, renamed.tables.reports!.deleted], [4, 4])
  assert.equal(await count(db, 'posts'), 2)
  assert.ok((await check(db, files)).ok)
  assert.deepEqual(await wrongCounts(db), [])
})

test('a row that has a tombstone and is in Postgres is a difference', async ({ db, files }) => {
  await purge(db, '--status-id', '3', '--yes')
  await move(db, files)
  await db.query(
    "insert into public.posts (status_id, url, author_handle, discovered_at, last_seen_at) values ('3', 'u', 'a', now(), now())",
  )
  const { ok, differences, checks } = await check(db, files)
  assert.equal(ok, false)
  assert.deepEqual(
    differences.filter(({ table }) => table === 'posts'),
    [{ table: 'posts', key: '3', kind: 'deleted, but in Postgres' }],
  )
  assert.ok(
    checks.some(
      ({ title, ok, detail }) =>
        title === 'posts: deleted on request' && !ok && detail === '1 in SQLite; 1 in Postgres',
    ),
  )
  await importAgain(db, files)
  assert.ok((await check(db, files)).ok)
  assert.deepEqual(await wrongCounts(db), [])
})

test('tombstones survive a rollback, a reset refuses to drop them, and only --undo lifts one', async ({
  db,
  files,
}) => {
  await move(db, files)
  await purge(db, '--handle', 'ann', '--yes')
  const env = { DATABASE_URL: db.url }
  assert.equal((await run('rollback', ['--yes'], { env })).code, 0)
  assert.equal((await importAgain(db, files)).tables.posts!.deleted, 2)

  const refused = await run('db-reset', ['--yes'], { env })
  assert.equal(refused.code, 1)
  assert.match(refused.stderr, /^error: This database has 1 tombstone: what was deleted on request would come back\.$/m)

  const part = await purge(db, '--status-id', '1', '--undo', '--yes')
  assert.equal(part.answer.error, '1 was deleted with its author, ann.')
  assert.equal((await purge(db, '--status-id', '5', '--undo', '--yes')).answer.error, '5 has no tombstone.')
  assert.equal((await purge(db, '--handle', 'ann', '--undo')).code, 2)
  assert.equal((await purge(db, '--list')).answer.tombstones.length, 1)
  assert.equal((await purge(db, '--handle', 'Ann', '--undo', '--yes')).code, 0)
  assert.deepEqual((await purge(db, '--list')).answer, { tombstones: [] })

  // What an action has no use for is refused, not ignored.
  const refusals = [
    await purge(db, '--list', '--handle', 'ann'),
    await purge(db, '--handle', 'ann', '--undo', '--reason', 'x'),
  ]
  assert.deepEqual(
    refusals.map(({ code, answer }) => [code, answer.error]),
    [
      [2, '--list lists all tombstones.'],
      [2, '--undo takes no --reason.'],
    ],
  )
  assert.deepEqual((await importAgain(db, files)).tables.posts!.inserted, 2)
  assert.ok((await check(db, files)).ok)
})

test.run()
