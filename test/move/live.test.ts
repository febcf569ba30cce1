import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { copyFileSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import { takeSnapshot } from '../../tooling/lib/move/snapshot.ts'
import Database, { DRIVER } from '../../tooling/lib/move/sqlite-driver.ts'
import { PROJECT } from '../../tooling/lib/project.ts'
import { AT, filesOf, temporaryFolder, writeSource } from './support.ts'

// What a plain copy loses. In WAL mode the file itself is only as new as the last checkpoint: what was committed since
// then stands in x_monitor.db-wal. `cp x_monitor.db` leaves all of it out (here: every post), and the copy looks sound.
// `cp` of both files, one after the other, is no better: a checkpoint between the two gives a mixture of two states, which
// may even pass integrity_check. VACUUM INTO reads the database in one transaction, through the WAL.

const test = suite('a snapshot of a file that is being written')
const LIKES = 1_000_000

/** A monitor: each post and its report in one transaction, with likes passed from one post to another. Prints how far it is. */
const MONITOR = `
  const db = require('${DRIVER}')(process.argv[1])
  db.pragma('journal_mode = wal')
  db.pragma('synchronous = off')
  // No checkpoint: all that is written stays in the -wal file, as on a busy day between two of them.
  db.pragma('wal_autocheckpoint = 0')
  const post = db.prepare("insert into tweets (status_id, url, author_handle, body_text, likes, discovered_at, last_seen_at) values (?, 'u', 'a', ?, 0, '${AT}', '${AT}')")
  const report = db.prepare("insert into reports (status_id, reported_at) values (?, '${AT}')")
  const give = db.prepare('update tweets set likes = likes + ? where status_id = ?')
  const write = db.transaction((n) => {
    post.run(String(n), 'some text of a post. '.repeat(10))
    give.run(-n, '0')
    give.run(n, String(n))
    report.run(String(n))
  })
  for (let n = 1; ; n++) {
    write.immediate(n)
    if (n % 20 === 0) require('node:fs').writeSync(1, n + '\\n')
  }`

const files = filesOf(join(temporaryFolder(), 'x_monitor.db'))
let monitor: ChildProcess
/** The last post that the monitor had committed when it said so. */
let committed = 0

test.before(async () => {
  writeSource(files.source, {
    tweets: [{ status_id: '0', url: 'u', author_handle: 'a', likes: LIKES, discovered_at: AT, last_seen_at: AT }],
    reports: [{ status_id: '0', reported_at: AT }],
  })
  monitor = spawn(process.execPath, ['-e', MONITOR, files.source], {
    cwd: PROJECT,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  monitor.stdout!.setEncoding('utf8').on('data', (text: string) => {
    committed = Number(text.trim().split('\n').at(-1))
  })
  while (committed < 500) await sleep(10)
})
test.after(() => void monitor.kill('SIGKILL'))

test('is of one instant, and holds everything that was committed before it', async () => {
  for (let turn = 1; turn <= 5; turn++) {
    const before = committed
    const { source, tables } = await takeSnapshot(files.source, files.out)
    assert.equal(source.journal_mode, 'wal')
    assert.deepEqual(ask(files.snapshot, 'pragma integrity_check'), ['ok'])
    assert.ok(tables.tweets! > before, `${tables.tweets} posts, but ${before} were committed`)
    assert.equal(tables.reports, tables.tweets)
    const [likes, alone, newest] = ask(
      files.snapshot,
      `select sum(likes), (select count(*) from tweets where status_id not in (select status_id from reports)),
        max(cast(status_id as integer)) from tweets`,
    )
    assert.equal(likes, LIKES, 'likes were given in one transaction and taken in another')
    assert.equal(alone, 0)
    assert.equal(newest, tables.tweets! - 1, 'none is missing in between')
    for (const now = committed; committed === now; ) await sleep(5)
  }
})

test('is a single file that nobody writes to: read-only, without a companion of its own', () => {
  assert.equal(statSync(files.snapshot).mode & 0o777, 0o444)
  assert.deepEqual(ask(files.snapshot, 'pragma journal_mode'), ['delete'])
  assert.deepEqual(readdirSync(files.out).sort(), ['manifest.json', 'x_monitor.snapshot.db'])
})

test('a plain copy of the file loses all that is not checkpointed', () => {
  const copy = join(files.out, '../copied.db')
  const before = committed
  copyFileSync(files.source, copy)
  const [posts, sound] = [ask(copy, 'select count(*) from tweets')[0], ask(copy, 'pragma integrity_check')[0]]
  console.log(`cp: ${posts} of at least ${before} posts, integrity ${sound}`)
  // Without a checkpoint the file never changes: it holds the one post from before the WAL, each time, and looks sound.
  assert.equal(posts, 1)
  assert.equal(sound, 'ok')
})

test('a plain copy of both files may be anything', () => {
  const copy = join(files.out, '../both.db')
  copyFileSync(files.source, copy)
  copyFileSync(`${files.source}-wal`, `${copy}-wal`)
  let found: string
  try {
    found = `${ask(copy, 'select count(*) from tweets')[0]} posts, integrity ${ask(copy, 'pragma integrity_check')[0]}`
  } catch (error) {
    found = (error as Error).message
  }
  // Not the same each time, so it is shown and nothing is claimed.
  console.log(`cp of the file, then of its -wal: ${found}; the monitor is at ${committed}`)
})

test('after a crash of the monitor it holds what stands in the -wal file, and the source stays as it was, to the byte', async () => {
  const gone = new Promise((done) => monitor.once('exit', done))
  monitor.kill('SIGKILL')
  await gone
  const before = [files.source, `${files.source}-wal`].map((file) => readFileSync(file))
  const { tables } = await takeSnapshot(files.source, files.out)
  assert.ok(tables.tweets! > committed)
  assert.equal(tables.reports, tables.tweets)
  const after = [files.source, `${files.source}-wal`].map((file) => readFileSync(file))
  assert.ok(before.every((bytes, index) => bytes.equals(after[index]!)))
})

test.run()

function ask(file: string, sql: string): unknown[] {
  const db = new Database(file, { readonly: file === files.snapshot })
  try {
    return db.prepare(sql).raw().get() as unknown[]
  } finally {
    db.close()
  }
}
