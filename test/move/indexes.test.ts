import assert from 'node:assert/strict'
import { join } from 'node:path'
import { suite } from 'uvu'
import { SNAPSHOTS, TABLES } from '../../tooling/lib/move/tables.ts'
import { catalogOf } from '../postgres/catalog.ts'
import { type Database, freshDatabase } from '../support/database.ts'
import { writeHostile } from './hostile.ts'
import { check, filesOf, goodRows, importAgain, move, temporaryFolder, writeSource } from './support.ts'

const test = suite('indexes during an import', {} as { db: Database; other: Database })
const SEED = Number(process.env.SEED ?? Date.now() % 2 ** 31)
const few = filesOf(writeSource(join(temporaryFolder(), 'x_monitor.db'), goodRows(5)))
const many = filesOf(join(temporaryFolder(), 'x_monitor.db'))

test.before.each(async (context) => {
  context.db = await freshDatabase()
})
test.after.each(({ db }) => db.drop())

/** Changes when an index is built. */
async function places(db: Database): Promise<Record<string, string>> {
  const rows = await db.query(
    `
    select indexrelid::regclass::text as name, pg_relation_filenode(indexrelid) as node
    from pg_index join pg_class on pg_class.oid = indexrelid
    where indrelid::regclass::text = any ($1)`,
    [[SNAPSHOTS.target, ...TABLES.map(({ target }) => target)]],
  )
  return Object.fromEntries(rows.map(({ name, node }) => [name, node]))
}

/** The catalog, and what it does not list: how many values of an indexed expression are sampled. */
async function definitions(db: Database): Promise<string[]> {
  const targets = await db.query(`
    select attrelid::regclass::text as index, attnum, attstattarget from pg_attribute
    join pg_class on pg_class.oid = attrelid and relkind = 'i'
    where attrelid >= 16384 and attstattarget >= 0 order by 1, 2`)
  return [...(await catalogOf(db.url)), ...targets.map((row) => JSON.stringify(row))]
}

/** The moved and derived columns of every row. */
async function contentOf(db: Database): Promise<string[]> {
  const content: string[] = []
  for (const { target, columns } of [
    ...TABLES.map(({ target, columns }) => ({ target, columns: columns.map(({ name }) => name) })),
    SNAPSHOTS,
  ])
    for (const { row } of await db.query(`select row(${columns.join(', ')})::text as row from ${target} order by 1`))
      content.push(`${target} ${row}`)
  return content
}

test('an import into empty tables builds them anew and leaves the catalog as it was', async ({ db }) => {
  await db.query(`create index of_an_operator on posts ((likes + reposts)) include (views) where likes > 0;
    alter index of_an_operator alter column 1 set statistics 300`)
  const [before, built] = [await definitions(db), await places(db)]
  assert.ok(before.some((line) => line.includes('"attstattarget":300')))
  await move(db, few)
  assert.deepEqual(await definitions(db), before)
  const now = await places(db)
  for (const name of ['posts_newest', 'posts_text', 'of_an_operator']) assert.notEqual(now[name], built[name], name)
  const invalid = await db.query('select from pg_index where not indisvalid or indcheckxmin')
  assert.equal(invalid.length, 0)
})

test('an import into tables with rows, and a failed one into empty tables, leave them in place', async ({ db }) => {
  const built = await places(db)
  await move(db, few, { dryRun: true })
  assert.deepEqual(await places(db), built)
  await move(db, few)
  const filled = await places(db)
  await importAgain(db, few)
  assert.deepEqual(await places(db), filled)
})

test('an index with a comment stays: nothing but its definition could be built again', async ({ db }) => {
  await db.query("comment on index posts_newest is 'the timeline'")
  const { posts_newest } = await places(db)
  await move(db, few)
  assert.equal((await places(db)).posts_newest, posts_newest)
  assert.ok((await definitions(db)).some((line) => line.includes('the timeline')))
})

test(`the same rows and rejects arrive with and without them (seed ${SEED})`, async ({ db }) => {
  const rows = { watch_accounts: 50, tweets: 600, reports: 150, runs: 100, tweet_embeddings: 150 }
  writeHostile(many.source, {}, rows, SEED)
  const other = await freshDatabase()
  try {
    const { tables, ...report } = await move(db, many)
    await other.query("insert into watch_accounts (handle, tier, added_at) values ('in_the_way', 'teammate', now())")
    assert.deepEqual(await importAgain(other, many), { tables, ...report })
    await other.query("delete from watch_accounts where handle = 'in_the_way'")
    assert.deepEqual(await contentOf(other), await contentOf(db))
    assert.ok((await check(db, many)).ok)
  } finally {
    await other.drop()
  }
})

test.run()
