import assert from 'node:assert/strict'
import { join } from 'node:path'
import { suite } from 'uvu'
import { TARGET_TABLES } from '../../tooling/lib/move/tables.ts'
import { generate } from '../../tooling/lib/samples/generate.ts'
import { type Database, freshDatabase } from '../support/database.ts'
import { change, filesOf, importAgain, move, temporaryFolder } from './support.ts'

const test = suite('right after an import', {} as { db: Database })
const files = filesOf(join(temporaryFolder(), 'source.db'))

test.before(async (context) => {
  generate({ file: files.source, posts: 2_000, embeddings: 200, dims: 16, rejects: true })
  context.db = await freshDatabase()
  await move(context.db, files)
})
test.after(({ db }) => db.drop())

/** How many rows an index-only scan of the timeline fetches from the table. */
async function heapFetches(db: Database): Promise<number> {
  await db.query('set enable_seqscan = off; set enable_bitmapscan = off; set enable_sort = off')
  const [row] = await db.query(
    'explain (analyze, format json) select discovered_at, status_id from posts order by discovered_at desc, status_id desc',
  )
  const { Plan: plan } = row!['QUERY PLAN'][0]
  assert.equal(plan['Node Type'], 'Index Only Scan')
  return plan['Heap Fetches']
}

test('every page of every table is marked as visible to all, and the planner knows the number of rows', async ({
  db,
}) => {
  const tables = await db.query(
    'select relname, relpages, relallvisible, reltuples::int as rows from pg_class where oid = any ($1::regclass[])',
    [TARGET_TABLES],
  )
  assert.equal(tables.length, TARGET_TABLES.length)
  for (const { relname, relpages, relallvisible, rows } of tables) {
    assert.equal(relallvisible, relpages, relname)
    assert.ok(rows > 0, relname)
  }
})

test('an index-only scan reads no row of the table', async ({ db }) => {
  assert.equal(await heapFetches(db), 0)
})

test('so it does after an import that changed rows', async ({ db }) => {
  change(files.source, 'update tweets set likes = likes + 1')
  const { tables } = await move(db, files)
  assert.ok(tables.posts!.updated > 1_000)
  assert.equal(await heapFetches(db), 0)
})

test('an import that changed nothing does not vacuum', async ({ db }) => {
  const vacuumed = async () => {
    const [row] = await db.query("select vacuum_count from pg_stat_all_tables where relid = 'posts'::regclass")
    return row!.vacuum_count
  }
  const before = await vacuumed()
  assert.ok(before > 0)
  await importAgain(db, files)
  assert.equal(await vacuumed(), before)
})

test.run()
