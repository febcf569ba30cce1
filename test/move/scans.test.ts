import assert from 'node:assert/strict'
import { join } from 'node:path'
import { suite } from 'uvu'
import { TARGET_TABLES } from '../../tooling/lib/move/tables.ts'
import { generate } from '../../tooling/lib/samples/generate.ts'
import { type Database, freshDatabase } from '../support/database.ts'
import { filesOf, move, temporaryFolder } from './support.ts'

// After VACUUM the planner believes that an empty table stays empty. An import into it could read the whole table for
// each row, which took minutes with 100,000 posts.

const test = suite('how often an import reads a whole table', {} as { db: Database })
const POSTS = 2_000
/** Some 20 statements read posts; a scan per row would be thousands. */
const MAX_SCANS = 100

const files = filesOf(join(temporaryFolder(), 'source.db'))

test.before(() => {
  generate({ file: files.source, posts: POSTS, embeddings: 500, dims: 16, rejects: true })
})
test.before.each(async (context) => {
  context.db = await freshDatabase()
  await context.db.query(`vacuum analyze ${TARGET_TABLES.join(', ')}`)
})
test.after.each(({ db }) => db.drop())

async function importAndCountScans(db: Database): Promise<Record<string, number>> {
  const before = await scans(db)
  const { tables } = await move(db, files)
  assert.ok(tables.posts!.inserted > POSTS / 2)
  const after = await scans(db)
  return Object.fromEntries(TARGET_TABLES.map((table) => [table, after[table]! - before[table]!]))
}

/** How many sequential scans each table has had. */
async function scans(db: Database): Promise<Record<string, number>> {
  const rows = await db.query('select relname, seq_scan::int as scans from pg_stat_user_tables')
  return Object.fromEntries(rows.map(({ relname, scans }) => [relname, scans]))
}

test('not once per row when all tables were empty when last vacuumed', async ({ db }) => {
  for (const [table, scans] of Object.entries(await importAndCountScans(db)))
    assert.ok(scans <= MAX_SCANS, `${table}: ${scans}`)
})

test('nor when one has a row, so that the others keep their foreign keys and indexes', async ({ db }) => {
  await db.query("insert into watch_accounts (handle, tier, added_at) values ('first', 'teammate', now())")
  for (const [table, scans] of Object.entries(await importAndCountScans(db)))
    assert.ok(scans <= MAX_SCANS, `${table}: ${scans}`)
})

test.run()
