import assert from 'node:assert/strict'
import { copyFileSync, existsSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import { LiveSource } from '../../tooling/lib/follow/live-source.ts'
import { type LookOptions, look } from '../../tooling/lib/follow/look.ts'
import { State } from '../../tooling/lib/follow/state.ts'
import Database from '../../tooling/lib/move/sqlite-driver.ts'
import { TABLES } from '../../tooling/lib/move/tables.ts'
import { change, good, goodRows, type Row, type SourceTable, temporaryFolder, writeSource } from '../move/support.ts'

// What a look finds in a file that a writer changes, and what it puts into the outbox.

const test = suite('look')

test('the first look finds every row, the next one nothing', () => {
  const { found, waiting } = follow(goodRows(3))
  assert.deepEqual(counts(found()), { tweets: 3, reports: 3, watch_accounts: 3, runs: 3, tweet_embeddings: 3 })
  assert.equal(waiting('tweets').length, 3)
  assert.deepEqual(found(), {})
})

test('an item has each column of its table, a vector as JSON', () => {
  const { found, state } = follow({ tweet_embeddings: [good('tweet_embeddings', 1)] })
  found()
  const [{ item }] = [...state.outbox.waiting('tweet_embeddings', 1)] as unknown as [{ item: string }]
  const embeddings = TABLES.find(({ target }) => target === 'embeddings')!
  assert.deepEqual(
    Object.keys(JSON.parse(item)),
    embeddings.columns.filter(({ computed }) => !computed).map(({ name }) => name),
  )
  assert.match(item, /"vector_json":\[0\.5, -1e-05\]/)
})

test('every cell that changes is found, also when nothing else changes', () => {
  const columns = TABLES.map(
    ({ source, columns }) =>
      `create table ${source} (${columns
        .filter(({ computed }) => !computed)
        .map(({ name }) => `${name} text`)
        .join(', ')})`,
  )
  const source = follow({}, columns)
  const rows = goodRows(4)
  for (const [table, all] of Object.entries(rows)) for (const row of all) source.insert(table, row)
  source.found()
  for (const { source: table, columns } of TABLES)
    for (const { name, computed } of columns) {
      if (computed) continue
      source.run(`update ${table} set ${name} = case when ${name} is null then '1' else null end where rowid = 2`)
      const { changed = 0, rejected = 0 } = source.found()[table] ?? {}
      assert.equal(changed + rejected, 1, `${table}.${name}`)
      source.run(`update ${table} set ${name} = '${rows[table as SourceTable]![1]![name] ?? 7}' where rowid = 2`)
      assert.ok(source.found()[table], `${table}.${name} is back`)
    }
})

test('a row that is replaced, moved to another key or deleted', () => {
  const { found, run, waiting, gone } = follow(goodRows(3))
  found()
  run("insert or replace into tweets select * from tweets where status_id = '2'")
  assert.deepEqual(found(), {}, 'the same row under another number')
  run("update tweets set status_id = '20' where status_id = '2'; delete from tweets where status_id = '3'")
  const { tweets } = found()
  assert.deepEqual([tweets!.changed, tweets!.gone.toSorted()], [1, ['["2"]', '["3"]']])
  assert.deepEqual(gone('tweets'), ['["2"]', '["3"]'])
  assert.ok(waiting('tweets').some(({ status_id }) => status_id === '20'))
  run(
    "insert into tweets select '3', url, author_handle, body_text, watch_tier, is_significant, likes, reposts, replies, views, initial_likes, likes_24h, refresh_24h_at, discovered_at, last_seen_at from tweets limit 1",
  )
  found()
  assert.deepEqual(gone('tweets'), ['["2"]'], 'what comes back is no longer gone')
})

test('a report is never found without its post, even if it is written while the file is looked at', () => {
  const { found, run, live, state, waiting } = follow(goodRows(3))
  found()
  run('pragma journal_mode = wal')
  found()
  // The pages are read, then the writer commits, then the rows are: row 4 of reports has the number of a changed run.
  run("insert into runs (run_at, mode) values ('2026-02-03', 'priority')")
  const { refresh } = live.pages
  live.pages.refresh = () => {
    refresh.call(live.pages)
    live.pages.refresh = refresh
    const { read } = live
    live.read = (work) => {
      live.read = read
      run(
        "insert into tweets (rowid, status_id, url, author_handle, discovered_at, last_seen_at) values (77, '77', 'u', 'a', '2026-02-03', '2026-02-03')",
      )
      run("insert into reports (rowid, status_id, reported_at) values (4, '77', '2026-02-03')")
      return read.call(live, work) as never
    }
  }
  const result = look(live, state)
  assert.equal(result.reports?.changed, 1, 'the report is found early')
  assert.equal(result.tweets?.changed, 1, 'with its post')
  assert.ok(waiting('tweets').some(({ status_id }) => status_id === '77'))
})

test('everything is deleted, and written again', () => {
  const { found, run, waiting, gone, state } = follow(goodRows(500))
  found()
  run('create table kept as select * from tweets; delete from tweets')
  assert.equal(found().tweets!.gone.length, 500)
  assert.equal(gone('tweets').length, 500)
  run('insert into tweets select * from kept')
  assert.equal(found().tweets!.changed, 500)
  assert.equal(gone('tweets').length, 0)
  assert.equal(waiting('tweets').length, 500)
  assert.equal(state.countRows('tweets'), 500)
})

test('of two rows with one key the later one wins, and the other one when that is gone', () => {
  const { found, run, waiting, rejects } = follow({
    watch_accounts: [good('watch_accounts', 1, { handle: '@Ann' }), good('watch_accounts', 2, { handle: 'ann' })],
  })
  found()
  assert.deepEqual(
    rejects().map(({ rowid, reason }) => [rowid, reason]),
    [[1, 'superseded by row 2']],
  )
  run("update watch_accounts set note = 'of the loser' where rowid = 1")
  found()
  assert.equal(waiting('watch_accounts')[0]!.note, null)
  run('delete from watch_accounts where rowid = 2')
  assert.deepEqual(found().watch_accounts, { changed: 1, rejected: 0, gone: [] })
  assert.equal(waiting('watch_accounts')[0]!.note, 'of the loser')
  run("insert into watch_accounts values ('ANN', 'teammate', 'third', '2026-01-01')")
  found()
  assert.deepEqual(
    waiting('watch_accounts').map(({ note }) => note),
    ['third'],
  )
})

test('a row that the rules reject goes to the reject file once, and again when it changes', () => {
  const source = follow({ tweets: [good('tweets', 1, { watch_tier: 'boss' }), good('tweets', 2)] })
  assert.deepEqual(source.found().tweets, { changed: 1, rejected: 1, gone: [] })
  assert.deepEqual(source.found({ retryRejected: true }), {})
  const { found, run, rejects } = source.reopen()
  assert.deepEqual(found({ retryRejected: true }), {})
  const [reject] = rejects()
  assert.deepEqual(
    [reject.table, reject.rowid, reject.field, reject.row.watch_tier],
    ['tweets', 1, 'watch_tier', 'boss'],
  )
  run("update tweets set watch_tier = 'chief'")
  found()
  assert.equal(rejects().length, 3)
  run('update tweets set watch_tier = null')
  assert.deepEqual(found().tweets, { changed: 2, rejected: 0, gone: [] })
})

test('what a look that was cut off has written to the reject file is gone', () => {
  const source = follow({ tweets: [good('tweets', 1, { watch_tier: 'boss' })] })
  assert.throws(() =>
    source.state.transaction(() => {
      look(source.live, source.state)
      throw new Error('cut off')
    }),
  )
  assert.deepEqual(source.rejects(), [])
  source.found()
  assert.equal(source.rejects().length, 1)
})

test('an older copy is named and nothing of it is sent until that is said', () => {
  const source = follow(goodRows(3))
  source.found()
  copyFileSync(source.file, `${source.file}.old`)
  source.run(
    "insert into tweets (status_id, url, author_handle, discovered_at, last_seen_at) values ('9', 'u', 'a', '2026-03-01', '2026-03-01')",
  )
  source.run("insert into runs (run_at, mode) values ('2026-03-01', 'priority')")
  source.found()
  const before = source.waiting('tweets').length
  renameSync(`${source.file}.old`, source.file)
  const reopened = source.reopen()
  assert.throws(() => reopened.found(), /x_monitor\.db is an older copy: it ends at 2026-02-01.*2026-03-01/)
  assert.equal(reopened.waiting('tweets').length, before)
  assert.deepEqual(reopened.found({ acceptOlder: true }).tweets!.gone, ['["9"]'])
  reopened.run("delete from tweets where status_id = '1'")
  assert.deepEqual(reopened.found().tweets!.gone, ['["1"]'])
})

test('two followers cannot use one state, nor can one of another source', () => {
  const { file, folder, state } = follow({})
  const open = (source: string) =>
    new State(join(folder, 'follow.db'), { source, url: 'u' }, join(folder, 'rejects.jsonl'))
  assert.throws(() => open(file), /Another follower is running with .*follow\.db\./)
  state.close()
  assert.throws(() => open(`${file}2`), /follow\.db belongs to the source .*x_monitor\.db, not .*x_monitor\.db2\./)
})

test.run()

/** A file with these rows, and what looks at it. */
function follow(rows: Parameters<typeof writeSource>[1], tables?: string[]) {
  const folder = temporaryFolder()
  const file = join(folder, 'x_monitor.db')
  if (tables) {
    const db = new Database(file)
    db.exec(tables.join(';'))
    db.close()
  } else writeSource(file, rows)
  return open(folder, file)
}

function open(folder: string, file: string) {
  const rejectFile = join(folder, 'rejects.jsonl')
  const state = new State(join(folder, 'follow.db'), { source: file, url: 'u' }, rejectFile)
  const live = new LiveSource(file)
  return {
    file,
    folder,
    state,
    live,
    run: (sql: string) => change(file, sql),
    insert(table: string, row: Row) {
      const db = new Database(file)
      const names = Object.keys(row)
      db.prepare(`insert into ${table} (${names.join()}) values (${names.map(() => '?').join()})`).run(
        Object.values(row),
      )
      db.close()
    },
    found: (options?: LookOptions) => look(live, state, options),
    waiting: (table: string) => Array.from(state.outbox.waiting(table, 1_000), ({ item }) => JSON.parse(item)),
    gone: (table: string) => state.outbox.gone(table, 1_000),
    rejects: () =>
      (existsSync(rejectFile) ? readFileSync(rejectFile, 'utf8').trim().split('\n').filter(Boolean) : []).map((line) =>
        JSON.parse(line),
      ),
    reopen() {
      live.close()
      state.close()
      return open(folder, file)
    },
  }
}

function counts(found: ReturnType<typeof look>): Record<string, number> {
  return Object.fromEntries(Object.entries(found).map(([table, { changed }]) => [table, changed]))
}
