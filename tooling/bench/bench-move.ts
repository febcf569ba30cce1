import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { TABLES } from '../lib/move/tables.ts'
import { progress } from '../lib/output.ts'
import { copyRaw, dumpMoved, emptyTables } from './copy-raw.ts'
import { median, type Row } from './figures.ts'
import { type Cost, run, startOf, type World } from './world.ts'

/** All are measured in turn, so that a slow moment of the machine hits all alike. */
const ROUNDS = 3
const MEGABYTES_ALLOWED = 300

/** The runbook's way of exporting (its section 5): rows as dicts, one json.dumps each. */
const PYTHON = `
import json, sqlite3, sys
con = sqlite3.connect(sys.argv[1])
con.row_factory = sqlite3.Row
for t in sys.argv[3:]:
    with open(f"{sys.argv[2]}/{t}.python.jsonl", "w", encoding="utf-8") as f:
        for r in con.execute(f"SELECT * FROM {t}"):
            f.write(json.dumps(dict(r), ensure_ascii=False) + "\\n")
`

export const ABOUT_MOVE = `Each command of the product is a process of its own, as a person runs it; how long Node and tsx need to start was measured
with \`--help\`, and the lines that say so leave it out. Each time is the median of ${ROUNDS} rounds. Postgres is the one from
npm, with \`shared_buffers\` of 512 MB and \`max_wal_size\` of 4 GB, else as it comes: \`fsync\`, \`full_page_writes\` and
\`synchronous_commit\` are on. A tenth of the posts has a vector of 1,024 numbers (10,000 at most), and every 200th row is one
to reject, but in the export that Python runs against: its loop ends at the first text that is not valid UTF-8.

Raw COPY takes the rows that the import made, from one file per table, through pg-copy-streams into the same tables, and
derives the snapshots by the runbook's three statements, all in one transaction, from a process that runs already; the
import's time includes the VACUUM after its commit, which COPY goes without. COPY gets
one thing that COPY by itself does not have: \`analyze posts\` after the posts. While the transaction runs, autovacuum sees a
table without rows and may note it as empty; each foreign key check of a report, a vector or a snapshot then reads the whole
table (seen: four minutes instead of five seconds). The import avoids that trap by itself.`

type Timed = Record<'import' | 'again' | 'validate', Cost[]> & { copy: number[] }

/** The move of `posts` posts against raw COPY of the same rows, and its memory at ten times as many. */
export async function benchMove(world: World, { posts }: { posts: number }): Promise<Row[]> {
  const folder = await world.moved(posts)
  const url = await world.database(`posts_${posts}`)
  const timed: Timed = { import: [], again: [], validate: [], copy: [] }
  for (let round = 1; round <= ROUNDS; round++) {
    progress(`move: round ${round} of ${ROUNDS}`)
    await emptyTables(url)
    timed.import.push(await run('import', importArgs(folder), url, folder))
    timed.again.push(await run('import', importArgs(folder), url, folder))
    timed.validate.push(await run('validate', validateArgs(folder), url, folder))
    if (round === 1) await dumpMoved(url, folder)
    await emptyTables(url)
    timed.copy.push(await copyRaw(url, folder))
  }
  return [
    ...(await times(timed, posts, folder)),
    ...(await exports(await world.moved(posts, { rejects: false }))),
    ...(await memory(world, posts, folder, timed)),
  ]
}

async function times(timed: Timed, posts: number, folder: string): Promise<Row[]> {
  const seconds = (costs: Cost[]) => median(costs.map((cost) => cost.seconds))
  const [first, again, validated] = [seconds(timed.import), seconds(timed.again), seconds(timed.validate)]
  const copy = median(timed.copy)
  const start = await startOf('import', folder)
  return [
    {
      what: `raw COPY of ${posts.toLocaleString('en-US')} posts and what belongs to them, and the three derive statements`,
      value: inSeconds(copy),
    },
    compared('first import, against raw COPY', first, copy, '<= 1'),
    compared('the same without the start of its process', first - start, copy, '<= 1'),
    compared('import again, nothing changed, against the first', again, first, '<= 0.3'),
    compared('the same, against raw COPY', again, copy),
    compared('validating everything, against the first import', validated, first, '<= 1'),
  ]
}

/** Both as whole processes, in turn. */
async function exports(folder: string): Promise<Row[]> {
  const sources = TABLES.map(({ source }) => source)
  const [ours, theirs, theirStart]: [number[], number[], number[]] = [[], [], []]
  for (let round = 1; round <= ROUNDS; round++) {
    ours.push((await run('export', exportArgs(folder), '', folder)).seconds)
    const spent = python(PYTHON, join(folder, 'x_monitor.snapshot.db'), folder, ...sources)
    if (spent === undefined) {
      progress('move: there is no python3 here to compare the export with')
      return [{ what: 'export (there was no python3 to compare it with)', value: inSeconds(ours[0]!) }]
    }
    theirs.push(spent)
    theirStart.push(python('import json, sqlite3')!)
  }
  const [exported, loop, start] = [median(ours), median(theirs), await startOf('export', folder)]
  return [
    { what: "Python's sqlite3 + json.dumps loop, as a whole process", value: inSeconds(loop) },
    compared('export, against that process', exported, loop, '<= 0.5'),
    compared('both without the start of their processes', exported - start, loop - median(theirStart), '<= 0.5'),
  ]
}

/** Seconds of a whole Python process; undefined where there is no python3. */
function python(program: string, ...args: string[]): number | undefined {
  const start = performance.now()
  const { error, status, stderr } = spawnSync('python3', ['-c', program, ...args], { encoding: 'utf8' })
  if (error) return undefined
  if (status !== 0) throw new Error(`The Python loop failed: ${stderr}`)
  return (performance.now() - start) / 1000
}

async function memory(world: World, posts: number, few: string, timed: Timed): Promise<Row[]> {
  const many = 10 * posts
  progress(`move: the memory at ${many.toLocaleString('en-US')} posts`)
  const folder = await world.moved(many)
  const url = await world.database(`posts_${many}`)
  const costs = {
    export: [await run('export', exportArgs(few), '', few), await run('export', exportArgs(folder), '', folder)],
    import: [timed.import[0]!, await run('import', importArgs(folder), url, folder)],
    validate: [timed.validate[0]!, await run('validate', validateArgs(folder), url, folder)],
  }
  const size = (number: number) => number.toLocaleString('en-US')
  return Object.entries(costs).flatMap(([command, [less, more]]) => [
    {
      what: `peak memory of ${command}, ${size(many)} posts against ${size(posts)}`,
      value: `${more!.megabytes.toFixed(0)} MB (in ${more!.seconds.toFixed(0)} s)`,
      ratio: more!.megabytes / less!.megabytes,
      reach: '<= 1.2',
    },
    {
      what: `the same, against the ${MEGABYTES_ALLOWED} MB that are allowed`,
      value: `${more!.megabytes.toFixed(0)} MB`,
      ratio: more!.megabytes / MEGABYTES_ALLOWED,
      reach: '<= 1',
    },
  ])
}

function compared(what: string, ours: number, theirs: number, reach?: string): Row {
  return { what, value: inSeconds(ours), ratio: ours / theirs, reach }
}

function inSeconds(seconds: number): string {
  return `${seconds.toFixed(2)} s`
}

function importArgs(folder: string): string[] {
  return ['--in', join(folder, 'export'), '--rejects', join(folder, 'rejects.jsonl')]
}

function exportArgs(folder: string): string[] {
  return ['--snapshot', join(folder, 'x_monitor.snapshot.db'), '--out', join(folder, 'export')]
}

function validateArgs(folder: string): string[] {
  const snapshot = join(folder, 'x_monitor.snapshot.db')
  return ['--snapshot', snapshot, '--rejects', join(folder, 'rejects.jsonl'), '--out', folder]
}
