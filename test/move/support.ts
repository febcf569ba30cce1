import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type SQLite from 'better-sqlite3'
import { exportSnapshot } from '../../tooling/lib/move/export.ts'
import { type ImportOptions, importExport } from '../../tooling/lib/move/import.ts'
import { takeSnapshot } from '../../tooling/lib/move/snapshot.ts'
import Database from '../../tooling/lib/move/sqlite-driver.ts'
import type { SqlValue } from '../../tooling/lib/move/sqlite-values.ts'
import { validate } from '../../tooling/lib/move/validation/validate.ts'
import { Reject as Refusal, type Rule } from '../../tooling/lib/move/values.ts'
import { PROJECT } from '../../tooling/lib/project.ts'
import type { Database as Postgres } from '../support/database.ts'

export type Cell = null | string | number | bigint | Uint8Array
export type Row = Record<string, Cell>
export type SourceTable = 'tweets' | 'reports' | 'watch_accounts' | 'runs' | 'tweet_embeddings'
export type Rows = Partial<Record<SourceTable, Row[]>>

const folders: string[] = []
process.once('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** A folder that is removed when the process ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'xmonitor-move-'))
  folders.push(folder)
  return folder
}

/** Tables with the required columns and some of the optional ones. */
export const TABLES: Record<SourceTable, string> = {
  tweets: `create table tweets (status_id text primary key, url text, author_handle text, body_text text, watch_tier text,
    is_significant integer, likes integer, reposts integer, replies integer, views integer, initial_likes integer,
    likes_24h integer, refresh_24h_at text, discovered_at text, last_seen_at text)`,
  reports: 'create table reports (status_id text primary key, reported_at text, channel text, summary text)',
  watch_accounts: 'create table watch_accounts (handle text primary key, tier text, note text, added_at text)',
  runs: 'create table runs (id integer primary key, run_at text, mode text, fetched_count integer, note text, source text)',
  tweet_embeddings: `create table tweet_embeddings (status_id text primary key, backend text, model text, dims integer,
    vector_json text, text_hash text, created_at text)`,
}

export const AT = '2026-02-01T10:00:00+00:00'

/** A valid row of each table; a test adds what it is about. */
const GOOD: Record<SourceTable, (n: number) => Row> = {
  tweets: (n) => ({
    status_id: String(n),
    url: `https://x.com/a/status/${n}`,
    author_handle: 'a',
    discovered_at: AT,
    last_seen_at: AT,
  }),
  reports: (n) => ({ status_id: String(n), reported_at: AT }),
  watch_accounts: (n) => ({ handle: `account${n}`, tier: 'teammate', added_at: AT }),
  runs: (n) => ({ run_at: new Date(Date.UTC(2026, 0, 1, n)).toISOString(), mode: 'priority' }),
  tweet_embeddings: (n) => ({
    status_id: String(n),
    backend: 'b',
    model: 'm',
    dims: 2,
    vector_json: '[0.5, -1e-05]',
    text_hash: 'h',
    created_at: AT,
  }),
}

export function good(table: SourceTable, n: number, over: Row = {}): Row {
  return { ...GOOD[table](n), ...over }
}

/** So many valid rows of each table, numbered from 1. */
export function goodRows(count: number): Rows {
  const numbers = Array.from({ length: count }, (_, index) => index + 1)
  const tables = Object.keys(GOOD) as SourceTable[]
  return Object.fromEntries(tables.map((table) => [table, numbers.map((n) => good(table, n))]))
}

/** Writes a SQLite file with these rows; whole JS numbers become integers. */
export function writeSource(file: string, rows: Rows, tables: Partial<Record<SourceTable, string>> = {}): string {
  rmSync(file, { force: true })
  const db = new Database(file)
  db.exec(Object.values({ ...TABLES, ...tables }).join(';'))
  db.transaction(() => {
    for (const [table, all] of Object.entries(rows)) for (const row of all) insert(db, table, row)
  })()
  db.close()
  return file
}

function insert(db: SQLite.Database, table: string, row: Row): void {
  const names = Object.keys(row)
  const values = Object.values(row).map((value) => (Number.isSafeInteger(value) ? BigInt(value as number) : value))
  db.prepare(`insert into ${table} (${names.join(', ')}) values (${names.map(() => '?').join(', ')})`).run(values)
}

export function change(file: string, sql: string): void {
  const db = new Database(file)
  db.exec(sql)
  db.close()
}

export type Files = { source: string; out: string; snapshot: string; folder: string; rejects: string }

/** The files of a move of this source: in data/ next to it, as the commands do by default. */
export function filesOf(source: string, out = join(source, '../data')): Files {
  return {
    source,
    out,
    snapshot: join(out, 'x_monitor.snapshot.db'),
    folder: join(out, 'export'),
    rejects: join(out, 'rejects.jsonl'),
  }
}

/** Copies, exports and imports in this process. */
export async function move(db: Postgres, files: Files, options: Partial<ImportOptions> = {}) {
  await takeSnapshot(files.source, files.out)
  await exportSnapshot(files.snapshot, files.folder)
  return importAgain(db, files, options)
}

export function importAgain(db: Postgres, { folder, rejects }: Files, options: Partial<ImportOptions> = {}) {
  process.env.DATABASE_URL = db.url
  return importExport({ folder, rejects, ...options })
}

export function check(db: Postgres, { snapshot, rejects, out }: Files) {
  process.env.DATABASE_URL = db.url
  return validate({ snapshot, rejects, out, sample: 3, seed: 7 })
}

/** Moves the file and validates it; returns the import's report. */
export async function moveAndCheck(db: Postgres, files: Files, options = {}) {
  const report = await move(db, files, options)
  const { ok, differences } = await check(db, files)
  assert.deepEqual(differences, [])
  assert.ok(ok)
  return report
}

export type Reject = {
  table: string
  line: number
  field: string
  reason: string
  row: Record<string, unknown>
  raw: string
}

export function readRejects({ rejects }: Pick<Files, 'rejects'>): Reject[] {
  return readFileSync(rejects, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => ({ ...JSON.parse(line), raw: line }))
}

/** Asserts that the rule rejects the value for this reason. */
export function rejected(rule: Rule, value: SqlValue, reason: string | RegExp): void {
  const result = rule(value)
  assert.ok(result instanceof Refusal, `${String(value)} was accepted as ${JSON.stringify(result)}`)
  const { kind, value: described } = result
  const said = described === undefined ? kind : `${described} ${kind}`
  if (typeof reason === 'string') assert.equal(said, reason)
  else assert.match(said, reason)
}

export type Ended = { code: number | null; stdout: string; stderr: string }
type Surroundings = { env?: NodeJS.ProcessEnv; cwd?: string; uid?: number | undefined; shell?: string }

/** Starts a command as its npm script does; `shell` is a line that sh runs first. */
export function start(name: string, args: string[], { env = {}, cwd = PROJECT, uid, shell }: Surroundings = {}) {
  const command = [
    process.execPath,
    '--import',
    import.meta.resolve('tsx'),
    join(PROJECT, 'tooling', `${name}.ts`),
    ...args,
  ]
  const [program, ...rest] = shell ? ['/bin/sh', '-c', `${shell}; exec "$@"`, 'sh', ...command] : command
  const { DATABASE_URL: _, ...inherited } = process.env
  const child = spawn(program!, rest, {
    cwd,
    env: { ...inherited, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(uid && { uid, gid: uid }),
  })
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text
  })
  const ended = new Promise<Ended>((done) => child.on('close', (code) => done({ code, stdout, stderr })))
  return { child, ended }
}

export function run(name: string, args: string[], surroundings?: Surroundings): Promise<Ended> {
  return start(name, args, surroundings).ended
}
