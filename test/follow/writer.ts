import { setTimeout as sleep } from 'node:timers/promises'
import Database from '../../tooling/lib/move/sqlite-driver.ts'
import { random } from '../../tooling/lib/samples/random.ts'

// A monitor in a process of its own: it inserts, updates, replaces and deletes rows of all five tables until it is
// stopped. Usage: writer.ts FILE SEED

const [file, seed] = process.argv.slice(2) as [string, string]
const { between, chance, pick } = random(Number(seed))
const db = new Database(file, { timeout: 20_000 })

let next = (db.prepare('select max(rowid) from tweets').pluck().get() as number) + 1
let stopped = false
process.once('SIGTERM', () => {
  stopped = true
})

const now = () => new Date().toISOString()
/** Runs of one instant would be one run: docs/rules.md#rule-3. */
let runs = 0
const uniqueNow = () => now().replace('Z', `${String(runs++ % 1_000).padStart(3, '0')}Z`)
const some = (table: string) =>
  db.prepare(`select rowid from ${table} order by random() limit ?`).pluck().all(between(1, 5)) as number[]
const text = () =>
  Array.from({ length: between(0, 30) }, () => pick(['fog', 'Ünder', '"hail"', '\n', '😀', '\\'])).join(' ')

const insertPost = () => {
  const id = String(1_900_000_000_000_000_000n + BigInt(next++))
  db.prepare(
    'insert into tweets (status_id, url, author_handle, body_text, likes, discovered_at, last_seen_at) values (?, ?, ?, ?, ?, ?, ?)',
  ).run(id, `https://x.com/a/status/${id}`, pick(['ann', '@Ben', ' Cleo ']), text(), between(0, 99), now(), now())
  if (chance(0.5))
    db.prepare('insert into reports (status_id, reported_at, summary) values (?, ?, ?)').run(id, now(), text())
  if (chance(0.5))
    db.prepare('insert into tweet_embeddings values (?, ?, ?, ?, ?, ?, ?)').run(
      id,
      'b',
      'm',
      300,
      JSON.stringify(Array.from({ length: 300 }, () => between(-1_000, 1_000) / 1_024)),
      'h',
      now(),
    )
}

const ways: (() => unknown)[] = [
  insertPost,
  insertPost,
  () =>
    db
      .prepare("insert into runs (run_at, mode, fetched_count) values (?, 'priority', ?)")
      .run(uniqueNow(), between(0, 9)),
  () =>
    db
      .prepare('insert or replace into watch_accounts values (?, ?, ?, ?)')
      .run(`account${between(1, 9)}`, 'teammate', text(), now()),
  () => each('tweets', 'update tweets set likes = likes + 1, last_seen_at = ? where rowid = ?', now()),
  () => each('tweets', 'update tweets set body_text = ? where rowid = ?', text()),
  () =>
    each(
      'tweets',
      'update tweets set initial_likes = likes, likes_24h = likes, refresh_24h_at = ? where rowid = ?',
      now(),
    ),
  () => each('reports', 'update reports set summary = ? where rowid = ?', text()),
  () => each('tweet_embeddings', 'update tweet_embeddings set text_hash = ? where rowid = ?', String(between(1, 9))),
  () => chance(0.3) && removePosts(),
  () => chance(0.3) && each('reports', 'delete from reports where rowid = ?'),
  () => chance(0.3) && each('watch_accounts', 'delete from watch_accounts where rowid = ?'),
]

function each(table: string, sql: string, ...values: string[]): void {
  const statement = db.prepare(sql)
  for (const rowid of some(table)) statement.run(...values, rowid)
}

function removePosts(): void {
  for (const rowid of some('tweets')) {
    const id = db.prepare('select status_id from tweets where rowid = ?').pluck().get(rowid)
    for (const table of ['reports', 'tweet_embeddings', 'tweets'])
      db.prepare(`delete from ${table} where status_id = ?`).run(id)
  }
}

process.stdout.write('writing\n')
while (!stopped) {
  db.transaction(() => {
    for (let n = between(1, 20); n > 0; n--) pick(ways)()
  })()
  if (chance(0.02)) db.pragma('wal_checkpoint(truncate)')
  await sleep(between(5, 120))
}
db.close()
