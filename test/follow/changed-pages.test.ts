import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type SQLite from 'better-sqlite3'
import { suite } from 'uvu'
import { type KnownBlocks, recordBlocks, suspectBlocks } from '../../tooling/lib/follow/pages/changed-pages.ts'
import { PageFile } from '../../tooling/lib/follow/pages/page-file.ts'
import Database from '../../tooling/lib/move/sqlite-driver.ts'
import { type Random, random } from '../../tooling/lib/samples/random.ts'

// A writer does what writers do; after each transaction, the rows that differ must be among those that the changed pages
// point to. A row whose page SQLite only freed is found by its number: test/follow/look.test.ts.

const test = suite('changed pages')
const SEED = Number(process.env.SEED ?? Date.now() % 2 ** 31)
const ROUNDS = 80
const folder = mkdtempSync(join(tmpdir(), 'xmonitor-pages-'))
test.after(() => rmSync(folder, { recursive: true, force: true }))

for (const [index, { journal, pageSize, autoVacuum }] of [
  { journal: 'delete', pageSize: 4096, autoVacuum: 0 },
  { journal: 'wal', pageSize: 4096, autoVacuum: 0 },
  { journal: 'wal', pageSize: 512, autoVacuum: 2 },
  { journal: 'truncate', pageSize: 65_536, autoVacuum: 1 },
].entries())
  test(`${journal}, pages of ${pageSize} bytes: no changed row is missed (seed ${SEED})`, () => {
    const file = join(folder, `${index}.db`)
    const random_ = random(SEED + index)
    const writer = new Database(file)
    writer.pragma(`page_size = ${pageSize}`)
    writer.pragma(`auto_vacuum = ${autoVacuum}`)
    writer.pragma(`journal_mode = ${journal}`)
    writer.exec(
      'create table notes (id integer primary key, a text, b text); create table other (x text); create index by_a on notes (a)',
    )
    write(writer, random_, 400)

    const pages = new PageFile(file)
    const known = new Map<number, Buffer>()
    const blocks: KnownBlocks = { get: (n) => known.get(n), set: (n, digests) => void known.set(n, digests) }
    look(pages, blocks)
    let before = rowsOf(writer)
    let narrow = 0
    for (let round = 0; round < ROUNDS; round++) {
      change(writer, random_)
      const { rowids, longRows } = look(pages, blocks)
      const after = rowsOf(writer)
      for (const [id, row] of after) {
        if (before.get(id) === row) continue
        const found = rowids.has(id) || (longRows && Buffer.byteLength(row) > pageSize / 2)
        assert.ok(found, `round ${round}: row ${id} of ${Buffer.byteLength(row)} bytes`)
      }
      if (rowids.size < after.size / 2) narrow++
      if (round % 20 === 0) assert.deepEqual(look(pages, blocks), { rowids: new Set(), longRows: false, blocks: 0 })
      before = after
    }
    if (pageSize <= 4096) assert.ok(narrow > ROUNDS / 2, `only ${narrow} looks were narrow`)
    writer.close()
    pages.close()
  })

test.run()

function look(pages: PageFile, known: KnownBlocks) {
  pages.refresh()
  const suspects = suspectBlocks(pages, known)
  return { ...recordBlocks(pages, known, suspects), blocks: suspects.length }
}

function rowsOf(db: SQLite.Database): Map<bigint, string> {
  const rows = db.prepare('select id, a, b from notes').safeIntegers().raw().all() as [bigint, string, string][]
  return new Map(rows.map(([id, a, b]) => [id, `${a}|${b}`]))
}

function write(db: SQLite.Database, { between, chance }: Random, count: number): void {
  const insert = db.prepare('insert into notes (id, a, b) values (?, ?, ?)')
  const other = db.prepare('insert into other values (?)')
  let id = (db.prepare('select max(id) from notes').pluck().get() as number) ?? 0
  db.transaction(() => {
    for (let n = 0; n < count; n++) {
      insert.run(++id, 'x'.repeat(between(0, 80)), 'y'.repeat(chance(0.1) ? between(4_000, 40_000) : between(0, 300)))
      if (chance(0.1)) other.run('z'.repeat(between(0, 9_000)))
    }
  })()
}

/** One of the ways in which a row can change, and what happens beside. */
function change(db: SQLite.Database, random: Random): void {
  const ids = db.prepare('select id from notes').pluck().all() as number[]
  const some = () => Array.from({ length: random.between(1, 4) }, () => random.pick(ids))
  const run = (sql: string) => {
    for (const id of some()) db.prepare(sql).run(id)
  }
  const ways: (() => void)[] = [
    () => write(db, random, random.between(1, 5)),
    () => run("update notes set a = a || 'more' where id = ?"),
    // SQLite overwrites a record of the same length in place, maybe on its last page only.
    () =>
      run("update notes set b = substr(b, 1, length(b) - 1) || char(65 + abs(random()) % 26) where id = ? and b <> ''"),
    () => run("update notes set b = char(65 + abs(random()) % 26) || substr(b, 2) where id = ? and b <> ''"),
    () => run('delete from notes where id = ?'),
    () => run("insert or replace into notes (id, a, b) values (?, 'replaced', hex(randomblob(3000)))"),
    () => run('update notes set id = (select max(id) + 7 from notes) where id = ?'),
    () => db.prepare('delete from other where rowid % 3 = ?').run(random.below(3)),
    () => {
      db.exec("begin; update notes set a = 'never committed', b = hex(randomblob(9000)); rollback")
    },
    () => db.pragma(`wal_checkpoint(${random.pick(['passive', 'restart', 'truncate'])})`),
  ]
  if (random.chance(0.02))
    ways.push(
      () => db.exec('vacuum'),
      () => db.exec('delete from notes where id % 2 = 0'),
    )
  random.pick(ways)()
}
