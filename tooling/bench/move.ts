import { spawnSync } from 'node:child_process'
import { createReadStream, createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import { from, to } from 'pg-copy-streams'
import { exportSnapshot } from '../lib/export.ts'
import { progress } from '../lib/output.ts'
import { FILLED, POSTS, SNAPSHOTS, TABLES } from '../lib/tables.ts'
import type { Row } from './edge.ts'
import { type Cost, median, run, type World, withClient } from './world.ts'

/** All are measured in turn, so that a slow moment of the machine hits all alike. */
const ROUNDS = 3

/** The customer's way of exporting: rows as dicts, one json.dumps each. */
const PYTHON = `
import json, sqlite3, sys, time
start = time.perf_counter()
con = sqlite3.connect(sys.argv[1])
con.row_factory = sqlite3.Row
for table in sys.argv[3:]:
    with open(f"{sys.argv[2]}/{table}.python.jsonl", "w", encoding="utf-8") as out:
        for row in con.execute(f"SELECT * FROM {table}"):
            out.write(json.dumps(dict(row), ensure_ascii=False) + "\\n")
print(time.perf_counter() - start)
`

/** The move of `posts` posts against raw COPY of the same rows, and its memory at ten times as many. */
export async function benchMove(world: World, { posts }: { posts: number }): Promise<Row[]> {
  const many = 10 * posts
  const folder = await world.moved(posts)
  const url = await world.database(`posts_${posts}`)
  const args = ['--in', join(folder, 'export'), '--rejects', join(folder, 'rejects.jsonl')]

  const importAgain: Cost[] = []
  const importFirst: Cost[] = []
  const copy: number[] = []
  for (let round = 1; round <= ROUNDS; round++) {
    progress(`move: round ${round} of ${ROUNDS}`)
    await empty(url)
    importFirst.push(await run('import', args, url, folder))
    importAgain.push(await run('import', args, url, folder))
    if (round === 1) await dump(url, folder)
    await empty(url)
    copy.push(await copyRaw(url, folder))
  }
  // Without rows to reject: Python's loop stops at the first text that is no UTF-8.
  const { exported, python } = await exportAgainstPython(await world.moved(posts, { rejects: false }))
  // The last thing in the database is what COPY wrote: equal to what the import writes, and so it must validate.
  const validated = await run('validate', validateArgs(folder), url, folder)

  const first = median(importFirst.map(({ seconds }) => seconds))
  const again = median(importAgain.map(({ seconds }) => seconds))
  const raw = median(copy)
  const name = posts.toLocaleString('en-US')
  return [
    {
      what: `raw COPY of ${name} posts and what belongs to them, and the derive statements`,
      value: `${raw.toFixed(1)} s`,
    },
    { what: 'first import, against raw COPY', value: `${first.toFixed(1)} s`, ratio: first / raw, reach: '<= 1.3' },
    {
      what: 'import again, nothing changed, against the first',
      value: `${again.toFixed(1)} s`,
      ratio: again / first,
      reach: '<= 0.6',
    },
    python
      ? {
          what: "export, against Python's sqlite3 + json.dumps",
          value: `${exported.toFixed(1)} s`,
          ratio: exported / python,
          reach: '<= 0.5',
        }
      : { what: 'export (no python3 here to compare with)', value: `${exported.toFixed(1)} s` },
    {
      what: 'validating everything, against the first import',
      value: `${validated.seconds.toFixed(1)} s`,
      ratio: validated.seconds / first,
      reach: '<= 1',
    },
    ...(await memory(world, { posts, many, few: { import: importFirst[0]!, validate: validated } })),
  ]
}

type Few = { posts: number; many: number; few: Record<'import' | 'validate', Cost> }

async function memory(world: World, { posts, many, few }: Few): Promise<Row[]> {
  progress(`move: the memory at ${many.toLocaleString('en-US')} posts`)
  const folder = await world.moved(many)
  const url = await world.database(`posts_${many}`)
  const costs = {
    export: [await exportOnce(world, posts), await run('export', exportArgs(folder), url, folder)],
    import: [
      few.import,
      await run('import', ['--in', join(folder, 'export'), '--rejects', join(folder, 'rejects.jsonl')], url, folder),
    ],
    validate: [few.validate, await run('validate', validateArgs(folder), url, folder)],
  }
  return Object.entries(costs).map(([command, [less, more]]) => ({
    what: `peak memory of ${command}: ${many.toLocaleString('en-US')} posts against ${posts.toLocaleString('en-US')}`,
    value: `${more!.megabytes.toFixed(0)} MB (${more!.seconds.toFixed(0)} s)`,
    ratio: more!.megabytes / less!.megabytes,
    reach: '<= 1.2, under 300 MB',
  }))
}

function exportOnce(world: World, posts: number): Promise<Cost> {
  const folder = join(world.folder, String(posts))
  return run('export', exportArgs(folder), '', folder)
}

function exportArgs(folder: string): string[] {
  return ['--snapshot', join(folder, 'x_monitor.snapshot.db'), '--out', join(folder, 'export')]
}

function validateArgs(folder: string): string[] {
  return [
    '--snapshot',
    join(folder, 'x_monitor.snapshot.db'),
    '--rejects',
    join(folder, 'rejects.jsonl'),
    '--out',
    folder,
  ]
}

/** In turn, each without the start of its process; python is undefined where there is no python3. */
async function exportAgainstPython(folder: string) {
  const snapshot = join(folder, 'x_monitor.snapshot.db')
  const tables = TABLES.map(({ source }) => source)
  const [ours, theirs]: [number[], number[]] = [[], []]
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now()
    await exportSnapshot(snapshot, join(folder, 'export'))
    ours.push((performance.now() - start) / 1000)
    const loop = spawnSync('python3', ['-c', PYTHON, snapshot, folder, ...tables], { encoding: 'utf8' })
    if (loop.error) continue
    if (loop.status !== 0) throw new Error(`The Python loop failed: ${loop.stderr}`)
    theirs.push(Number(loop.stdout))
  }
  return { exported: median(ours), python: theirs.length > 0 ? median(theirs) : undefined }
}

async function empty(url: string): Promise<void> {
  await withClient(url, (db) => db.query(`truncate ${FILLED.join(', ')}; checkpoint`))
}

/** The moved rows as COPY takes them. */
async function dump(url: string, folder: string): Promise<void> {
  await withClient(url, async (db) => {
    for (const { target, columns } of TABLES) {
      const text = db.query(to(`copy ${target} (${columns.map(({ name }) => name).join(', ')}) to stdout`))
      await pipeline(text, createWriteStream(join(folder, `${target}.copy`)))
    }
  })
}

/** Nothing but COPY into the same tables, and the runbook's three statements, in one transaction. */
function copyRaw(url: string, folder: string): Promise<number> {
  return withClient(url, async (db) => {
    const start = performance.now()
    await db.query('begin')
    for (const { target, columns } of TABLES) {
      const names = columns.map(({ name }) => name).join(', ')
      await pipeline(
        createReadStream(join(folder, `${target}.copy`)),
        db.query(from(`copy ${target} (${names}) from stdin`)),
      )
      // Else autovacuum may note posts as empty meanwhile, and each foreign key check reads all of it: minutes.
      if (target === POSTS.target) await db.query(`analyze ${target} (${POSTS.key.join(', ')})`)
    }
    for (const type of SNAPSHOTS.types) await derive(db, type)
    await db.query('commit')
    return (performance.now() - start) / 1000
  })
}

function derive(db: pg.Client, type: string) {
  const { target, columns, key } = SNAPSHOTS
  return db.query(`insert into ${target} (${columns.join(', ')}) select ${columns.join(', ')}
    from (${SNAPSHOTS.derive(type, POSTS.target)}) derived on conflict (${key.join(', ')}) do nothing`)
}
