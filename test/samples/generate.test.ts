import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type SQLite from 'better-sqlite3'
import { suite } from 'uvu'
import { $ } from 'zx'
import { createRowRules } from '../../tooling/lib/move/row-rules.ts'
import { findLayouts } from '../../tooling/lib/move/source-columns.ts'
import { readTypedRows } from '../../tooling/lib/move/source-rows.ts'
import { listColumns } from '../../tooling/lib/move/source-schema.ts'
import { openSource } from '../../tooling/lib/move/sqlite.ts'
import Database from '../../tooling/lib/move/sqlite-driver.ts'
import { TABLES } from '../../tooling/lib/move/tables.ts'
import { generate } from '../../tooling/lib/samples/generate.ts'
import { createInserter, createTable } from '../../tooling/lib/samples/sqlite-writer.ts'

const test = suite('generate')
const folder = mkdtempSync(join(tmpdir(), 'xmonitor-generate-'))
const big = join(folder, 'big.db')
let made: ReturnType<typeof generate>

test.before(() => {
  made = generate({ file: big, posts: 30_000, embeddings: 1_000, dims: 32, rejects: true })
})
test.after(() => rmSync(folder, { recursive: true, force: true }))

test('the same options give the same rows, another seed gives others', () => {
  const content = (seed: number, name: string) => {
    const file = join(folder, name)
    generate({ file, posts: 500, embeddings: 50, seed, rejects: true })
    return everything(file)
  }
  const first = content(1, 'a.db')
  assert.deepEqual(content(1, 'b.db'), first)
  assert.notDeepEqual(content(2, 'c.db'), first)
})

test('it returns how many rows each table has', () => {
  query(big, (db) => {
    for (const [table, rows] of Object.entries(made.rows)) {
      assert.equal(db.prepare(`select count(*) from ${table}`).pluck().get(), rows, table)
    }
  })
  assert.equal(made.rows.tweets, 30_000)
  assert.equal(made.rows.tweet_embeddings, 1_000)
})

test('the move rejects exactly the rows that were planted, by every kind of rule', () => {
  const db = openSource(big)
  const layouts = findLayouts((table) => listColumns(db, table), big)
  const rejected = new Map(layouts.map(({ table }) => [table.source, 0]))
  const faults = new Set<string>()
  const posts = new Set<string>()
  for (const layout of layouts) {
    const { source, parent, key } = layout.table
    const applyRules = createRowRules(layout)
    const seen = new Set<string>()
    for (const values of readTypedRows(db, layout)) {
      const fields = applyRules(values)
      const id = String(values[0])
      let bad = !Array.isArray(fields)
      if (!Array.isArray(fields)) faults.add(`${source}.${fields.field}`)
      else {
        if (source === 'tweets') posts.add(id)
        if (parent && !posts.has(id)) bad = true
        const unique = key
          .map((name) => fields[layout.table.columns.findIndex((column) => column.name === name)])
          .join()
        if (seen.has(unique)) bad = true
        seen.add(unique)
      }
      if (bad) rejected.set(source, rejected.get(source)! + 1)
    }
  }
  db.close()
  assert.deepEqual(Object.fromEntries(rejected), { ...made.rejects })
  const corrupted = ['watch_tier', 'likes', 'views', 'discovered_at', 'last_seen_at', 'is_significant', 'author_handle']
  for (const column of [...corrupted, 'refresh_24h_at', 'body_text']) assert.ok(faults.has(`tweets.${column}`), column)
  for (const field of ['reports.reported_at', 'runs.mode', 'runs.run_at', 'watch_accounts.tier'])
    assert.ok(faults.has(field), field)
  assert.ok(faults.has('tweet_embeddings.vector_json'))
})

test('without rejects every row can be moved', () => {
  const file = join(folder, 'clean.db')
  generate({ file, posts: 3_000, embeddings: 300 })
  const db = openSource(file)
  for (const layout of findLayouts((table) => listColumns(db, table), file)) {
    const applyRules = createRowRules(layout)
    for (const values of readTypedRows(db, layout)) assert.ok(Array.isArray(applyRules(values)))
  }
  db.close()
})

test('posts come in the order of their discovery, with ids that grow with time and need 64 bits', () => {
  query(big, (db) => {
    const rows = db
      .prepare(`select status_id, substr(discovered_at, 1, 19) as at from tweets
      where discovered_at like '____-__-__T%' and discovered_at not like '%-02-30%' order by rowid`)
      .all() as Row[]
    for (let i = 1; i < rows.length; i++) assert.ok(rows[i]!.at! >= rows[i - 1]!.at!, `row ${i}`)
    assert.equal(new Set(rows.map((row) => row.status_id)).size, rows.length)
    assert.ok(rows.every((row) => /^\d{19}$/.test(row.status_id!)))
  })
})

test('it has what a real file has: all tiers and none, nulls, large counts, a few frequent authors and many rare ones', () => {
  query(big, (db) => {
    const one = (sql: string) => db.prepare(sql).pluck().get() as number
    assert.equal(one(`select count(distinct watch_tier) from tweets where watch_tier <> 'boss'`), 3)
    for (const condition of [
      'watch_tier is null',
      'initial_likes is null',
      'refresh_24h_at is null',
      `refresh_24h_status = 'missing'`,
      'views > 2147483647',
      `body_text = ''`,
      'body_text is null',
      'author_display is null',
      `author_handle like '@_%'`,
      `discovered_at like '%.______+00:00'`,
      `body_text like '%' || char(13) || '%'`,
      `body_text glob '*[א-ת]*'`,
    ])
      assert.ok(one(`select count(*) from tweets where ${condition}`) > 0, condition)
    const counts = db.prepare('select count(*) as n from tweets group by author_handle order by 1 desc').pluck().all()
    assert.ok((counts[0] as number) > 1_000 && (counts[Math.floor(counts.length / 2)] as number) < 40)
    assert.ok(one(`select count(*) from tweets where body_text like '%station%'`) > 5_000)
    assert.equal(one(`select count(*) from tweets where body_text like '%zyzzyva%'`), 0)
  })
})

test('every column of every table has values', () => {
  query(big, (db) => {
    for (const { source, columns } of TABLES)
      for (const { name, computed } of columns)
        if (!computed)
          assert.ok(db.prepare(`select 1 from ${source} where ${name} is not null`).get(), `${source}.${name} is empty`)
  })
})

test('a column that the generator does not know yet is left empty', () => {
  const db = new Database(':memory:')
  for (const table of TABLES) {
    const key = table.key[0]!
    const grown = {
      ...table,
      columns: [...table.columns, { ...table.columns[0]!, name: 'brand_new' }],
    }
    createTable(db, grown)
    const inserter = createInserter(db, grown)
    for (let n = 0; n < 50; n++) inserter.add({ [key]: String(n) })
    inserter.flush()
    const counts = db.prepare(`select count(*), count(distinct ${key}), count(brand_new) from ${table.source}`)
    assert.deepEqual(counts.raw().get(), [50, 50, 0], table.source)
  }
  db.close()
})

test('the count after 24 hours lies between the first and the latest one, and its delta is the difference', () => {
  query(big, (db) => {
    const wrong =
      db.prepare(`select count(*) from tweets where refresh_24h_status = 'ok' and initial_views is not null and
      typeof(views) = 'integer' and
      not (initial_views <= views_24h and views_24h <= views and refresh_24h_delta_views = views_24h - initial_views)`)
    assert.equal(wrong.pluck().get(), 0)
  })
})

test('the command creates a file and does not touch an existing one', async () => {
  const run = $({ nothrow: true, quiet: true })
  const file = join(folder, 'command.db')
  const first = await run`npx tsx tooling/generate.ts --out ${file} --posts 120 --embeddings 12 --dims 8 --json`
  assert.equal(first.exitCode, 0, first.stderr)
  assert.equal(JSON.parse(first.stdout).rows.tweets, 120)
  assert.ok(!existsSync(`${file}.part`))

  writeFileSync(file, 'precious')
  const again = await run`npx tsx tooling/generate.ts --out ${file}`
  assert.equal(again.exitCode, 2)
  assert.equal(again.stderr, `error: ${file} exists.\n  Remove it, or choose another file with --out.\n`)

  const wrong = await run`npx tsx tooling/generate.ts --out ${join(folder, 'no.db')} --posts many`
  assert.equal(wrong.exitCode, 2)
  assert.ok(wrong.stderr.includes("error: Invalid --posts 'many'."))
})

test.run()

type Row = Record<string, string>

function query(file: string, work: (db: SQLite.Database) => void): void {
  const db = new Database(file, { readonly: true })
  work(db)
  db.close()
}

function everything(file: string): string {
  const tables = Object.keys(made.rows)
  let all = ''
  query(file, (db) => {
    all = JSON.stringify(tables.map((table) => db.prepare(`select * from ${table} order by rowid`).raw().all()))
  })
  return all
}
