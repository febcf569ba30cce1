import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { exportSnapshot } from '../../tooling/lib/export.ts'
import { digestOf } from '../../tooling/lib/files.ts'
import { generate } from '../../tooling/lib/generate.ts'
import { checkedExport, checkedSnapshot } from '../../tooling/lib/manifest.ts'
import { random as seeded } from '../../tooling/lib/random.ts'
import { takeSnapshot } from '../../tooling/lib/snapshot.ts'
import { FILLED, SNAPSHOTS, TABLES } from '../../tooling/lib/tables.ts'
import { type Database, freshDatabase } from '../support/database.ts'
import { check, filesOf, importAgain, move, start, temporaryFolder } from './support.ts'

const test = suite('kill -9')
const SEED = Number(process.env.SEED ?? Date.now() % 2 ** 31)
/** That often each command dies while it works. */
const KILLS = 7

const random = seeded(SEED)
const folder = temporaryFolder()
/** What a run gives that nobody disturbs, on the same file. */
const whole = filesOf(join(folder, 'x_monitor.db'), join(folder, 'whole'))
/** Where runs are killed. */
const torn = filesOf(whole.source, join(folder, 'torn'))
let db: Database
let content: Record<string, string>
let kills = 0

test.before(async () => {
  generate({ file: whole.source, posts: 3_000, embeddings: 300, dims: 64, rejects: true })
  db = await freshDatabase()
  await move(db, whole)
  content = await contentOf(db)
})
test.after(() => db.drop())

test(`a killed snapshot never looks finished, and the next one is whole (seed ${SEED})`, async () => {
  await killing('snapshot', ['--source', torn.source, '--out', torn.out], async () => {
    const names = existsSync(torn.out) ? readdirSync(torn.out) : []
    // Either nothing of it can be taken for a snapshot, or it is the one that its manifest describes.
    if (names.includes('manifest.json')) await checkedSnapshot(torn.snapshot)
    await takeSnapshot(torn.source, torn.out)
    assert.equal(readdirSync(torn.out).sort(), ['manifest.json', 'x_monitor.snapshot.db'])
    assert.equal(await digestOf(torn.snapshot), await digestOf(whole.snapshot))
    await checkedSnapshot(torn.snapshot)
  })
})

test(`a killed export never looks finished, and the next one is the same to the byte (seed ${SEED})`, async () => {
  await killing('export', ['--snapshot', whole.snapshot, '--out', torn.folder], async () => {
    const names = existsSync(torn.folder) ? readdirSync(torn.folder) : []
    if (names.includes('manifest.json')) await checkedExport(torn.folder)
    await exportSnapshot(whole.snapshot, torn.folder)
    const files = TABLES.map(({ source }) => `${source}.jsonl`)
    assert.equal(readdirSync(torn.folder).sort(), ['manifest.json', ...files].sort())
    for (const file of files)
      assert.equal(await digestOf(join(torn.folder, file)), await digestOf(join(whole.folder, file)), file)
  })
})

test(`a killed import has put in all or nothing, and the next one makes it whole (seed ${SEED})`, async () => {
  const empty = () => db.query(`truncate ${FILLED.join(', ')}`)
  await empty()
  rmSync(torn.rejects, { force: true })
  await killing('import', ['--in', whole.folder, '--rejects', torn.rejects], async () => {
    const [{ rows }] = (await db.query('select count(*)::int as rows from posts')) as [{ rows: number }]
    if (rows > 0) assert.equal(await contentOf(db), content, 'half of it was committed')
    else for (const table of FILLED) assert.equal(await db.query(`select from ${table} limit 1`), [], table)
    // A row that is in neither place would be lost: the reject file is there before the rows are.
    if (rows > 0 || existsSync(torn.rejects))
      assert.equal(readFileSync(torn.rejects, 'utf8'), readFileSync(whole.rejects, 'utf8'))

    await importAgain(db, { ...torn, folder: whole.folder })
    assert.equal(await contentOf(db), content)
    assert.equal(readFileSync(torn.rejects, 'utf8'), readFileSync(whole.rejects, 'utf8'))
    assert.not.ok(existsSync(`${torn.rejects}.tmp`))
    // Every other time the next import finds the file of an earlier one.
    await empty()
    if (random.chance(0.5)) rmSync(torn.rejects)
  })
  await importAgain(db, { ...torn, folder: whole.folder })
  assert.ok((await check(db, whole)).ok)
})

test('that were 20 kills and more', () => {
  console.log(`${kills} kills, seed ${SEED} (SEED=${SEED} chooses the same moments again)`)
  assert.ok(kills >= 20)
})

test.run()

/** Runs the command, kills it at a random moment of its work, then has a look; again and again. */
async function killing(name: string, args: string[], afterwards: () => Promise<void>): Promise<void> {
  const env = { DATABASE_URL: db.url }
  /** From its first words to its end, of a run that nobody disturbs. */
  const undisturbed = start(name, args, { env })
  await working(undisturbed)
  const begun = performance.now()
  assert.is((await undisturbed.ended).code, 0)
  let milliseconds = performance.now() - begun
  await afterwards()

  for (let hits = 0, tries = 0; hits < KILLS; tries++) {
    assert.ok(tries < 5 * KILLS, `${name} was never killed in time`)
    const running = start(name, args, { env })
    await working(running)
    await sleep(random.next() * milliseconds)
    running.child.kill('SIGKILL')
    const { code } = await running.ended
    // It was done already: a quieter machine than at first.
    if (code !== null) milliseconds *= 0.8
    else hits++
    if (code === null) kills++
    await afterwards()
  }
}

/** It says what it does: from now on its files and its transaction are at work. */
async function working({ child, ended }: ReturnType<typeof start>): Promise<void> {
  await Promise.race([new Promise((done) => child.stderr.once('data', done)), ended])
}

/** What each table holds, but for the times that Postgres notes by itself. */
async function contentOf(from: Database): Promise<Record<string, string>> {
  const all: Record<string, string> = {}
  const tables = [
    ...TABLES.map(({ target, columns }) => ({ target, columns: columns.map(({ name }) => name) })),
    SNAPSHOTS,
  ]
  for (const { target, columns } of tables) {
    const [row] = await from.query(
      `select count(*) || ' ' || md5(string_agg(row, ' ' order by row)) as hash from (select row(${columns.join(', ')})::text from ${target}) each (row)`,
    )
    all[target] = row!.hash
  }
  return all
}
