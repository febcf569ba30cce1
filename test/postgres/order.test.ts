import assert from 'node:assert/strict'
import pg from 'pg'
import { suite } from 'uvu'
import { type Migration, readMigrations } from '../../tooling/lib/postgres/db-lock.ts'
import { checkOrder } from '../../tooling/lib/postgres/db-order.ts'
import { type Database, freshDatabase } from '../support/database.ts'

const test = suite('the order of db/')
const migrations = readMigrations()
let empty: Database
let client: pg.Client

test.before(async () => {
  empty = await freshDatabase({ migrated: false })
  client = new pg.Client({ connectionString: empty.url })
  await client.connect()
})
test.after(async () => {
  await client.end()
  await empty.drop()
})

test('every file comes after those it needs', () => {
  assert.deepEqual(checkOrder(migrations), [])
})

test('a second file may replace a function that tables need', async () => {
  const tiers = migrations.find(({ file }) => file.endsWith('_tiers.sql'))!
  const again = { ...tiers, version: '20990101000000', file: 'db/functions/20990101000000_tiers.sql' }
  assert.deepEqual(checkOrder([...migrations, again]), [])
  assert.equal(await firstFailure([...migrations, again]), undefined)
})

test('a definition with a newer version breaks a new database exactly where the check names its dependents', async () => {
  const definitions = migrations.filter(({ file }) => !file.startsWith('db/migrations/'))
  for (const moved of definitions) {
    const order = [...migrations.filter((each) => each !== moved), { ...moved, version: '20990101000000' }]
    const [problem] = checkOrder(order)
    const failed = await firstFailure(order)
    assert.equal(problem !== undefined, failed !== undefined, `${moved.file}: ${failed?.reason ?? 'applied'}`)
    if (failed) assert.ok(problem!.fact.includes(failed.file), `${failed.file} is not in '${problem!.fact}'`)
  }
})

test.run()

/** Applies the files in this order, as dbmate would, and rolls back; returns the first that fails. */
async function firstFailure(order: Migration[]): Promise<{ file: string; reason: string } | undefined> {
  await client.query('begin')
  try {
    for (const { file, sql } of order)
      try {
        await client.query(sql.split(/^-- migrate:down/m)[0]!)
      } catch (error) {
        return { file, reason: (error as Error).message }
      }
    return undefined
  } finally {
    await client.query('rollback')
  }
}
