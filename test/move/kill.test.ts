import assert from 'node:assert/strict'
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import { digestOf } from '../../tooling/lib/digest.js'
import { exportSnapshot } from '../../tooling/lib/move/export.ts'
import { checkedExport, checkedSnapshot } from '../../tooling/lib/move/manifest.ts'
import { takeSnapshot } from '../../tooling/lib/move/snapshot.ts'
import { FILLED, SNAPSHOTS, TABLES } from '../../tooling/lib/move/tables.ts'
import { generate } from '../../tooling/lib/samples/generate.ts'
import { random as seeded } from '../../tooling/lib/samples/random.ts'
import { type Database, freshDatabase } from '../support/database.ts'
import { check, filesOf, importAgain, move, start, temporaryFolder } from './support.ts'

const test = suite('kill -9')
const SEED = Number(process.env.SEED ?? Date.now() % 2 ** 31)
/** That often each command dies while it works. */
const KILLS = 8

const random = seeded(SEED)
const folder = temporaryFolder()
/** What a run gives that nobody disturbs, on the same file. */
const whole = filesOf(join(folder, 'x_monitor.db'), join(folder, 'whole'))
/** What an earlier day left: the move of another file. Beside an equal result a manifest of it would always seem right. */
const earlier = filesOf(join(folder, 'earlier.db'), join(folder, 'earlier'))
/** Where runs are killed. */
const torn = filesOf(whole.source, join(folder, 'torn'))
let db: Database
let nothing: Record<string, string>
let content: Record<string, string>
let kills = 0

test.before(async () => {
  generate({ file: whole.source, posts: 3_000, embeddings: 300, dims: 64, rejects: true })
  generate({ file: earlier.source, posts: 200, seed: 2 })
  await takeSnapshot(earlier.source, earlier.out)
  await exportSnapshot(earlier.snapshot, earlier.folder)
  db = await freshDatabase()
  nothing = await contentOf(db)
  await move(db, whole)
  content = await contentOf(db)
})
test.after(() => db?.drop())

test(`a killed snapshot never looks finished, and the next one is whole (seed ${SEED})`, async () => {
  const args = ['--source', torn.source, '--out', torn.out]
  await killing('snapshot', args, leftBy(earlier.out, torn.out), async () => {
    // Either nothing in there can be taken for a snapshot, or it is the one that its manifest describes.
    if (existsSync(join(torn.out, 'manifest.json'))) await checkedSnapshot(torn.snapshot)
    await takeSnapshot(torn.source, torn.out)
    assert.deepEqual(namesIn(torn.out), namesIn(whole.out, /^(manifest|x_monitor)/))
    assert.deepEqual(await digestOf(torn.snapshot), await digestOf(whole.snapshot))
    assert.deepEqual(timeless(await checkedSnapshot(torn.snapshot)), timeless(await checkedSnapshot(whole.snapshot)))
  })
})

test(`a killed export never looks finished, and the next one is the same to the byte (seed ${SEED})`, async () => {
  const args = ['--snapshot', whole.snapshot, '--out', torn.folder]
  await killing('export', args, leftBy(earlier.folder, torn.folder), async () => {
    if (existsSync(join(torn.folder, 'manifest.json'))) await checkedExport(torn.folder)
    await exportSnapshot(whole.snapshot, torn.folder)
    assert.deepEqual(namesIn(torn.folder), namesIn(whole.folder))
    for (const { source } of TABLES) {
      const file = `${source}.jsonl`
      assert.deepEqual(await digestOf(join(torn.folder, file)), await digestOf(join(whole.folder, file)), file)
    }
    assert.deepEqual(
      timeless((await checkedExport(torn.folder)).manifest),
      timeless((await checkedExport(whole.folder)).manifest),
    )
  })
})

test(`a killed import has put in all or nothing, and the next one makes it whole (seed ${SEED})`, async () => {
  const older = 'rejects of an earlier import\n'
  const rejects = readFileSync(whole.rejects, 'utf8')
  const begin = async () => {
    await db.query(`truncate ${FILLED.join(', ')}`)
    rmSync(torn.rejects, { force: true })
    if (random.chance(0.5)) writeFileSync(torn.rejects, older)
  }
  await killing('import', ['--in', whole.folder, '--rejects', torn.rejects], begin, async () => {
    const found = await contentOf(db)
    const reasons = existsSync(torn.rejects) ? readFileSync(torn.rejects, 'utf8') : older
    if (found.posts === nothing.posts) {
      assert.deepEqual(found, nothing, 'half of it was committed')
      assert.ok(reasons === older || reasons === rejects, 'half a reject file')
    } else {
      assert.deepEqual(found, content, 'half of it was committed')
      // A row that is in neither place would be lost: the reject file is there before the rows are.
      assert.equal(reasons, rejects)
    }

    await untilItsTurn(() => importAgain(db, { ...torn, folder: whole.folder }))
    assert.deepEqual(await contentOf(db), content)
    assert.equal(readFileSync(torn.rejects, 'utf8'), rejects)
    assert.deepEqual(
      readdirSync(torn.out).filter((name) => name.endsWith('.tmp')),
      [],
    )
  })
  assert.ok((await check(db, whole)).ok)
})

test('that were 24 kills', () => {
  console.log(`${kills} kills, seed ${SEED} (SEED=${SEED} chooses the same moments again)`)
  assert.equal(kills, 3 * KILLS)
})

test.run()

/** One run of four finds an empty place, the others what was made of another file: there a torn state shows. */
function leftBy(old: string, place: string): () => void {
  return () => {
    rmSync(place, { recursive: true, force: true })
    if (random.chance(0.75)) cpSync(old, place, { recursive: true })
  }
}

const namesIn = (place: string, which = /./) =>
  readdirSync(place, { withFileTypes: true })
    .filter((entry) => entry.isFile() && which.test(entry.name))
    .map(({ name }) => name)
    .sort()

const timeless = <Manifest extends { created_at: string }>(manifest: Manifest) => ({ ...manifest, created_at: '' })

/** A killed import's transaction ends with its statement; who is told that it still runs tries again, as a person would. */
async function untilItsTurn<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work()
    } catch (error) {
      if (tries === 4 || !(error as Error).message.startsWith('Another import is running')) throw error
    }
  }
}

/** Runs the command, kills it at a random moment of its work, then has a look; again and again. */
async function killing(
  name: string,
  args: string[],
  begin: () => void | Promise<void>,
  afterwards: () => Promise<void>,
): Promise<void> {
  await begin()
  const env = { DATABASE_URL: db.url }
  /** From its first words to its end, of a run that nobody disturbs. */
  const undisturbed = start(name, args, { env })
  await working(undisturbed)
  const begun = performance.now()
  assert.equal((await undisturbed.ended).code, 0)
  let milliseconds = performance.now() - begun
  await afterwards()

  for (let hits = 0, tries = 0; hits < KILLS; tries++) {
    assert.ok(tries < 5 * KILLS, `${name} was never killed in time`)
    await begin()
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
  const tables = [
    ...TABLES.map(({ target, columns }) => ({ target, columns: columns.map(({ name }) => name) })),
    SNAPSHOTS,
  ]
  const hashes = tables.map(
    ({ target, columns }) =>
      `(select count(*) || ' ' || coalesce(md5(string_agg(row, ' ' order by row)), '') from
        (select row(${columns.join(', ')})::text from ${target}) each (row)) as ${target}`,
  )
  // One statement, so one instant: a killed import whose commit was sent may still be committing.
  const [row] = await from.query<Record<string, string>>(`select ${hashes.join(', ')}`)
  return row!
}
