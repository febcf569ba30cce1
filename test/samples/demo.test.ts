import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import { createRowRules } from '../../tooling/lib/move/row-rules.ts'
import { findLayouts } from '../../tooling/lib/move/source-columns.ts'
import { readTypedRows } from '../../tooling/lib/move/source-rows.ts'
import { listColumns } from '../../tooling/lib/move/source-schema.ts'
import { openSource } from '../../tooling/lib/move/sqlite.ts'
import Database from '../../tooling/lib/move/sqlite-driver.ts'
import { TABLES } from '../../tooling/lib/move/tables.ts'
import { writeDemo } from '../../tooling/lib/samples/demo.ts'

const test = suite('demo')
const folder = mkdtempSync(join(tmpdir(), 'xmonitor-demo-'))
const evening = join(folder, 'evening.db')
const NOW = Date.UTC(2026, 4, 17, 22, 41)

test.before(() => writeDemo(evening, { now: NOW }))
test.after(() => rmSync(folder, { recursive: true, force: true }))

test('it has a few hundred posts over four weeks, the last one a few hours ago', () => {
  assert.ok(one('select count(*) from tweets') >= 300)
  assert.equal(one('select count(distinct substr(discovered_at, 1, 10)) from tweets'), 28)
  const newest = Date.parse(String(one('select max(discovered_at) from tweets')))
  assert.ok(newest < NOW && newest > NOW - 3 * 3_600_000)
})

test('every post has its invented author and its own text', () => {
  assert.equal(one('select count(*) from tweets where author_handle is null or body_text is null'), 0)
  assert.equal(one('select count(*) - count(distinct body_text) from tweets'), 0)
})

test('it has all tiers and none, a watchlist of forty, and significant posts, some of them not yet reported', () => {
  assert.equal(one('select count(*) from watch_accounts'), 40)
  assert.equal(one('select count(distinct watch_tier) from tweets'), 3)
  assert.ok(one('select count(*) from tweets where watch_tier is null') > 40)
  const significant = one('select count(*) from tweets where is_significant and significance_reason is not null')
  assert.ok(significant >= 40)
  const reports = one('select count(*) from reports')
  assert.ok(reports > 10 && reports < significant)
})

test('a post is last seen after its refresh, with metrics that never fall', () => {
  const refreshed = `select count(*) from tweets where refresh_24h_status = 'ok'`
  assert.ok(one(refreshed) > 100)
  assert.equal(one(`${refreshed} and last_seen_at <= refresh_24h_at`), 0)
  for (const metric of ['likes', 'reposts', 'replies', 'views'])
    assert.equal(one(`${refreshed} and (initial_${metric} > ${metric}_24h or ${metric}_24h > ${metric})`), 0, metric)
})

test('posts that say nearly the same have nearly the same vector, and others have not', () => {
  const db = new Database(evening, { readonly: true })
  const rows = db
    .prepare('select body_text, vector_json from tweets join tweet_embeddings using (status_id) order by discovered_at')
    .raw()
    .all() as [text: string, vector: string][]
  db.close()
  const vectors = rows.map(([text, json]) => ({ text, vector: JSON.parse(json) as number[] }))
  const pairs = vectors.flatMap((one, index) =>
    vectors.slice(0, index).map((other) => ({ one, other, similarity: cosine(one.vector, other.vector) })),
  )
  const close = pairs.filter(({ similarity }) => similarity >= 0.95)
  assert.equal(close.length, 2)
  for (const { one, other } of close) assert.ok(one.text.endsWith(other.text) && other.text.startsWith('Advisory'))
})

test('every row can be moved', () => {
  const db = openSource(evening)
  for (const layout of findLayouts((table) => listColumns(db, table), evening)) {
    const applyRules = createRowRules(layout)
    for (const values of readTypedRows(db, layout)) assert.ok(Array.isArray(applyRules(values)))
  }
  db.close()
})

test('the same hour gives the same file, and a later hour of the day only more rows', () => {
  const again = join(folder, 'again.db')
  writeDemo(again, { now: NOW + 60_000 })
  const morning = join(folder, 'morning.db')
  writeDemo(morning, { now: NOW - 13 * 3_600_000 })
  const counts = TABLES.map(({ source }) => {
    const rows = content(evening, source)
    assert.deepEqual(content(again, source), rows, source)
    const earlier = content(morning, source)
    assert.deepEqual(rows.slice(0, earlier.length), earlier, source)
    return rows.length - earlier.length
  })
  assert.ok(counts.every((more) => more >= 0) && counts.some((more) => more > 5))
})

test('nothing is later than the moment for which it is made', () => {
  const times: [table: string, column: string][] = [
    ['tweets', 'discovered_at'],
    ['tweets', 'last_seen_at'],
    ['tweets', 'refresh_24h_at'],
    ['reports', 'reported_at'],
    ['runs', 'run_at'],
    ['tweet_embeddings', 'created_at'],
  ]
  const now = new Date(NOW).toISOString().slice(0, 19)
  for (const [table, column] of times)
    assert.equal(
      one(`select count(*) from ${table} where substr(${column}, 1, 19) > '${now}'`),
      0,
      `${table}.${column}`,
    )
})

test('it can be made right after midnight', () => {
  const file = join(folder, 'midnight.db')
  writeDemo(file, { now: Date.UTC(2026, 4, 17) })
  assert.ok(content(file, 'tweets').length > 290)
})

test.run()

function one(sql: string): number {
  const db = new Database(evening, { readonly: true })
  try {
    return db.prepare(sql).pluck().get() as number
  } finally {
    db.close()
  }
}

function cosine(one: number[], other: number[]): number {
  const dot = (a: number[], b: number[]) => a.reduce((sum, number, index) => sum + number * b[index]!, 0)
  return dot(one, other) / Math.sqrt(dot(one, one) * dot(other, other))
}

function content(file: string, table: string): unknown[] {
  const db = new Database(file, { readonly: true })
  try {
    return db.prepare(`select * from ${table} order by rowid`).raw().all()
  } finally {
    db.close()
  }
}
