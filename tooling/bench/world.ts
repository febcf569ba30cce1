import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { exportSnapshot } from '../lib/move/export.ts'
import { takeSnapshot } from '../lib/move/snapshot.ts'
import { dbmate } from '../lib/postgres/dbmate.ts'
import { startPostgres } from '../lib/postgres/embedded.ts'
import { PROJECT } from '../lib/project.ts'
import { generate } from '../lib/samples/generate.ts'
import { median } from './figures.ts'

/** A server's usual memory, and as durable as one: fsync and full_page_writes are on. */
const SETTINGS = { shared_buffers: '512MB', max_wal_size: '4GB' }

/** What a command needed: its wall time with the start of Node, and the peak of its resident memory. */
export type Cost = { seconds: number; megabytes: number }

/** The server, the source files and the databases that the sections of one bench share. */
export class World {
  readonly folder = mkdtempSync(join(tmpdir(), 'xmonitor-bench-'))
  readonly #stops: (() => unknown)[] = [() => rmSync(this.folder, { recursive: true, force: true })]
  #server: Promise<string> | undefined

  constructor() {
    // Where the server's user may pass, when this one is root.
    chmodSync(this.folder, 0o711)
  }

  /** The URL of a database of this name, made and migrated when it is new. */
  async database(name: string): Promise<string> {
    this.#server ??= this.#start()
    const url = new URL(await this.#server)
    url.pathname = `/${name}`
    await dbmate(['up'], url.href)
    return url.href
  }

  /** The folder of a snapshot and an export of this many invented posts, a tenth as many vectors of 1,024 numbers, at most 10,000, and some rows to reject. */
  async moved(posts: number, { rejects = true } = {}): Promise<string> {
    const out = join(this.folder, `${posts}${rejects ? '' : '-clean'}`)
    const source = join(out, 'source.db')
    generate({ file: source, posts, embeddings: Math.min(posts / 10, 10_000), dims: 1_024, rejects })
    const { path } = await takeSnapshot(source, out)
    rmSync(source)
    await exportSnapshot(path, join(out, 'export'))
    return out
  }

  async end(): Promise<void> {
    for (const stop of this.#stops.reverse()) await stop()
  }

  async #start(): Promise<string> {
    const postgres = await startPostgres({ dir: join(this.folder, 'postgres'), settings: SETTINGS })
    // Where another user keeps its data, when this one is root.
    this.#stops.push(() => rmSync(postgres.dir, { recursive: true, force: true }), postgres.stop)
    return postgres.url
  }
}

/** Runs a command of the product as a person would, in a process of its own; `flags` are those of Node. */
export function run(command: string, args: string[], url: string, folder: string, flags: string[] = []): Promise<Cost> {
  const memory = join(folder, 'peak')
  const hook = join(PROJECT, 'tooling/bench/peak-memory.ts')
  const start = performance.now()
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      [...flags, '--import', 'tsx', '--import', hook, join(PROJECT, `tooling/${command}.ts`), ...args],
      {
        cwd: PROJECT,
        env: { ...process.env, DATABASE_URL: url, BENCH_PEAK: memory },
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    )
    let said = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
    child.once('exit', (code) => {
      if (code !== 0) return reject(new Error(`${command} ${args.join(' ')}: exit code ${code}\n${said}`))
      const seconds = (performance.now() - start) / 1000
      resolve({ seconds, megabytes: Number(readFileSync(memory, 'utf8')) / 1024 })
    })
  })
}

/** Seconds that a command's process needs before it can begin its work. */
export async function startOf(command: string, folder: string): Promise<number> {
  const starts: number[] = []
  for (let round = 0; round < 5; round++) starts.push((await run(command, ['--help'], '', folder)).seconds)
  return median(starts)
}

export async function withClient<T>(url: string, work: (db: pg.Client) => Promise<T>): Promise<T> {
  const db = new pg.Client({ connectionString: url })
  await db.connect()
  try {
    return await work(db)
  } finally {
    await db.end()
  }
}
