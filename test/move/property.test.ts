import assert from 'node:assert/strict'
import { join } from 'node:path'
import { suite } from 'uvu'
import type { Counts } from '../../tooling/lib/move/import-table.ts'
import { TABLES as MOVED_TABLES } from '../../tooling/lib/move/tables.ts'
import { wrongCounts } from '../support/counts.ts'
import { freshDatabase, type Database as Postgres } from '../support/database.ts'
import { type FileKind, nameOf, writeHostile } from './hostile.ts'
import {
  expected,
  expectedMetrics,
  keyOf,
  postgresRows,
  readMetrics,
  SHAPES,
  type Shape,
  type Stored,
  storedRows,
  textOf,
} from './oracle.ts'
import {
  check,
  type Files,
  filesOf,
  importAgain,
  move,
  type Reject,
  readRejects,
  type SourceTable,
  temporaryFolder,
} from './support.ts'

const test = suite('any row')
const SEED = Number(process.env.SEED ?? Date.now() % 2 ** 31)
const ROWS: Record<SourceTable, number> = {
  watch_accounts: 200,
  tweets: 2_600,
  reports: 500,
  runs: 400,
  tweet_embeddings: 500,
}
const TABLES = Object.keys(SHAPES) as SourceTable[]

/** One move each. Columns without a type keep every cell as it is; the others have a monitor's types. */
const FILES: (FileKind & { what: string })[] = [
  { what: 'columns without a type' },
  { what: 'columns with types, under their older names', typed: true, older: true },
  { what: 'ids as integers', typed: true, integerIds: true },
]

let moved = 0

test('the oracle knows every column of every table', () => {
  const known = Object.entries(SHAPES).map(([source, { target, columns, computed }]) => [
    source,
    target,
    Object.keys({ ...columns, ...computed }),
  ])
  const moving = MOVED_TABLES.map(({ source, target, columns }) => [source, target, columns.map(({ name }) => name)])
  assert.deepEqual(known, moving)
})

const dbs: Postgres[] = []
test.after(async () => {
  for (const db of dbs) await db.drop()
})

for (const [batch, kind] of FILES.entries()) {
  test(`${kind.what}: each row is either in Postgres, equal, or in the reject file with its reason (seed ${SEED})`, async () => {
    const files = filesOf(join(temporaryFolder(), 'x_monitor.db'))
    writeHostile(files.source, kind, ROWS, SEED + batch)
    const db = await freshDatabase()
    dbs.push(db)
    const report = await move(db, files)
    const posts = await compare(db, files, kind.older, report.tables)
    assert.deepEqual((await readMetrics(db)).sort(), expectedMetrics(posts.values()).sort())

    const validation = await check(db, files)
    assert.deepEqual(validation.differences, [])
    assert.ok(validation.ok)

    const again = await importAgain(db, files)
    for (const [table, { read, unchanged, rejected }] of Object.entries(again.tables)) {
      assert.equal(unchanged + rejected, read, table)
      assert.equal(rejected, report.tables[table]!.rejected, table)
    }
    assert.deepEqual(await wrongCounts(db), [])
  })
}

test('these were more than 10,000 rows, some of each table rejected', () => {
  console.log(`${moved} rows, seed ${SEED} (SEED=${SEED} makes the same rows again)`)
  assert.ok(moved >= 10_000)
})

test.run()

/** Compares both sides and the reject file with the oracle, table by table; returns the posts of Postgres. */
async function compare(db: Postgres, files: Files, older: boolean | undefined, counts: Record<string, Counts>) {
  const rejects = readRejects(files)
  let posts = new Map<string, Record<string, string | null>>()
  for (const table of TABLES) {
    const shape = SHAPES[table]
    const names = nameOf(shape, older)
    const source = storedRows(files.source, table, Object.values(names))
    const verdict = judge(source, shape, names, posts)
    const found = await postgresRows(db, shape)
    for (const [key, row] of verdict.moved) assert.deepEqual(found.get(key), row, `${table} ${key}`)
    assert.equal(found.size, verdict.moved.size, table)

    const listed = rejects.filter((reject) => reject.table === table)
    const lines = listed.map(({ line }) => line).sort((a, b) => a - b)
    assert.deepEqual(
      lines,
      [...verdict.rejected.keys()].sort((a, b) => a - b),
      `rejects of ${table}`,
    )
    for (const reject of listed) {
      const { fields, reason } = verdict.rejected.get(reject.line)!
      assert.ok(fields.includes(reject.field), `${table} line ${reject.line}: ${reject.field} of ${fields}`)
      if (reason) assert.equal(reject.reason, reason)
      assert.ok(reject.reason.length > 5)
      assertSameRow(reject, source[reject.line - 1]!)
    }
    assert.ok(listed.length > 0 && verdict.moved.size > 0, `${table}: ${listed.length} rejected`)

    assert.deepEqual(counts[shape.target], {
      read: ROWS[table],
      inserted: verdict.moved.size,
      updated: 0,
      unchanged: 0,
      rejected: listed.length,
      deleted: 0,
    })
    moved += source.length
    if (table === 'tweets') posts = found
  }
  return posts
}

/** Decides by the oracle alone which rows must be in Postgres, and which lines are rejected for which fields. */
function judge(
  source: Record<string, Stored>[],
  shape: Shape,
  names: Record<string, string>,
  posts: Map<string, unknown>,
) {
  const rejected = new Map<number, { fields: string[]; reason?: string }>()
  const lines = new Map<string, number>()
  const moved = new Map<string, Record<string, string | null>>()
  for (const [index, cells] of source.entries()) {
    const line = index + 1
    const row: Record<string, string | null> = {}
    const bad: string[] = []
    for (const [column, is] of Object.entries(shape.columns)) {
      const value = expected(cells[names[column]!]!, is)
      if (value === undefined) bad.push(names[column]!)
      else row[column] = value
    }
    if (
      bad.length === 0 &&
      row.vector_json &&
      row.dims !== null &&
      String(JSON.parse(row.vector_json).length) !== row.dims
    )
      bad.push('vector_json')
    if (bad.length > 0) {
      rejected.set(line, { fields: bad })
      continue
    }
    for (const [column, { from, compute }] of Object.entries(shape.computed ?? {}))
      row[column] = compute(textOf(cells[names[from]!]!)!)
    const key = keyOf(shape.key, row)
    const earlier = lines.get(key)
    if (earlier) rejected.set(earlier, { fields: [], reason: key })
    lines.set(key, line)
    moved.set(key, row)
  }
  const keyFields = [shape.key.map((name) => names[name]).join(', ')]
  for (const reject of rejected.values())
    if (reject.reason)
      Object.assign(reject, { fields: keyFields, reason: `superseded by line ${lines.get(reject.reason)}` })
  if (shape.orphans) {
    for (const [key, row] of moved) {
      if (posts.has(keyOf(['status_id'], row))) continue
      rejected.set(lines.get(key)!, { fields: keyFields, reason: 'no post has this status_id' })
      moved.delete(key)
    }
  }
  return { moved, rejected }
}

/** Compares the row of a reject cell by cell, to the byte and the last digit. */
function assertSameRow({ row, raw, table, line }: Reject, cells: Record<string, Stored>): void {
  for (const [name, { type, hex, number }] of Object.entries(cells)) {
    const given = row[name] as { $real?: string; $blob?: string; $invalid_utf8?: string } | null
    const where = `${table} line ${line} ${name}`
    if (type === 'null') assert.equal(given, null, where)
    else if (type === 'integer') assert.ok(raw.includes(`${JSON.stringify(name)}:${number}`), where)
    // Not assert.equal, which tells -0 from 0; SQLite writes 0.0 for both.
    else if (type === 'real') assert.ok(Number(given!.$real!.replace('Inf', 'Infinity')) === number, where)
    else if (type === 'blob') assert.equal(given!.$blob?.toUpperCase(), hex, where)
    else if (typeof given === 'string') assert.equal(Buffer.from(given).toString('hex').toUpperCase(), hex, where)
    else assert.equal(given!.$invalid_utf8?.toUpperCase(), hex, where)
  }
}
