import { chmodSync, copyFileSync, existsSync, renameSync, rmSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import type SQLite from 'better-sqlite3'
import { Failure } from '../errors.ts'
import { reserveTempFile, withWriteErrors } from '../files.ts'
import { escapeName, rowCount, step } from '../output.ts'
import { checkDefinitions } from './definitions-check.ts'
import { inspectTable, quoted } from './source-schema.ts'
import { checkPlainFiles, encodingOf, withReadErrors } from './sqlite.ts'
import Database from './sqlite-driver.ts'

/** Rows in the new file per table, and the tables that may have lost some. */
export type Rescue = { file: string; tables: Record<string, number>; incomplete: string[] }

const BATCH = 1_000
const COMPANIONS = ['', '-journal', '-wal']

/**
 * Writes what can be read of a damaged file to a new one, and what was committed of a file that a killed writer left
 * behind. Works on a copy, where SQLite may undo the changes of the writer; the source is only read.
 */
export function rescue(source: string, out: string): Promise<Rescue> {
  return step(
    ['Rescuing', 'Rescued'],
    basename(source),
    () => rescueInto(source, out),
    ({ tables }) => rowCount(Object.values(tables).reduce((sum, rows) => sum + rows, 0)),
  )
}

async function rescueInto(source: string, out: string): Promise<Rescue> {
  withReadErrors(source, () => checkPlainFiles(source))
  const copy = reserveTempFile(`${out}.copy`)
  const fresh = reserveTempFile(out)
  try {
    const damaged = withRescueErrors(source, () => {
      copyWithCompanions(source, copy)
      const db = openUntrusted(copy)
      // Forces the rollback of a hot journal.
      db.pragma('schema_version')
      return db
    })
    await checkDefinitions(copy, { compileOnly: true, named: source })
    const result = withRescueErrors(source, () => copyTables(damaged, copy, fresh))
    damaged.close()
    renameSync(fresh, out)
    return { file: out, ...result }
  } finally {
    for (const name of COMPANIONS) rmSync(`${copy}${name}`, { force: true })
    for (const name of COMPANIONS) rmSync(`${fresh}${name}`, { force: true })
    rmSync(`${copy}-shm`, { force: true })
  }
}

function withRescueErrors<T>(source: string, work: () => T): T {
  return withReadErrors(source, () => {
    try {
      return work()
    } catch (error) {
      // A damaged page of a table is tolerated below.
      if (!(error instanceof Database.SqliteError && /^SQLITE_(CORRUPT|NOTADB)/.test(error.code))) throw error
      throw new Failure(`${source} cannot be rescued: ${escapeName(error.message)}.`, 'Restore it from a backup.', 1, {
        cause: error,
      })
    }
  })
}

/** Copies a file with the journal or the WAL that belongs to it: without those it is another database. */
function copyWithCompanions(source: string, copy: string): void {
  const stamp = () =>
    COMPANIONS.map((name) => statSync(`${source}${name}`, { throwIfNoEntry: false }))
      .map((stat) => `${stat?.mtimeMs} ${stat?.size}`)
      .join()
  const before = stamp()
  withWriteErrors(copy, () => {
    for (const name of COMPANIONS) {
      if (!existsSync(`${source}${name}`)) continue
      copyFileSync(`${source}${name}`, `${copy}${name}`)
      // The source may be read-only; the copy must not be.
      chmodSync(`${copy}${name}`, 0o600)
    }
  })
  if (stamp() !== before)
    throw new Failure(`${source} is being written.`, 'Stop the writer (npm run freeze), then run this again.')
}

type Table = { name: string; sql: string }

function openUntrusted(file: string, options: SQLite.Options = {}): SQLite.Database {
  const db = new Database(file, options)
  db.pragma('trusted_schema = off')
  return db
}

/** SQLite itself reads only the first statement of a definition; more of them would be anybody's commands. */
function define(db: SQLite.Database, sql: string): void {
  try {
    db.prepare(sql).run()
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new Failure(
      `A definition in the file is more than one statement: ${escapeName(sql.slice(0, 200))}`,
      'SQLite does not write such a definition; someone has changed the file. Use another copy.',
    )
  }
}

function copyTables(damaged: SQLite.Database, copy: string, fresh: string): Omit<Rescue, 'file'> {
  const tables = damaged
    .prepare(
      `select name, sql from sqlite_schema where type = 'table' and name not like 'sqlite\\_%' escape '\\'
      and name in (select name from pragma_table_list where schema = 'main' and type = 'table')`,
    )
    .all() as Table[]
  const views = damaged.prepare("select sql from sqlite_schema where type = 'view'").pluck().all() as string[]
  const encoding = encodingOf(damaged)
  const created = openUntrusted(fresh)
  created.pragma(`encoding = '${encoding}'`)
  for (const sql of [...tables.map((table) => table.sql), ...views]) define(created, sql)
  created.close()

  damaged.prepare('attach ? as fresh').run(fresh)
  // An incomplete file is deleted, so nothing has to survive a crash.
  damaged.pragma('fresh.synchronous = off')
  // Reads while the other connection writes.
  const reader = openUntrusted(copy, { readonly: true })
  const result: Omit<Rescue, 'file'> = { tables: {}, incomplete: [] }
  for (const { name } of tables) {
    const complete = copyTable(damaged, reader, name)
    if (!complete) result.incomplete.push(name)
    result.tables[name] = damaged
      .prepare(`select count(*) from fresh.${quoted(name)}`)
      .pluck()
      .get() as number
  }
  reader.close()
  damaged.exec('detach fresh')
  return result
}

/** Copies a table at once, or, when a page is damaged, each row that can be found. Returns whether it was complete. */
function copyTable(damaged: SQLite.Database, reader: SQLite.Database, name: string): boolean {
  const { columns, key, from, reversed } = inspectTable(damaged, name)
  const stored = columns.filter(({ computed }) => !computed).map(({ name }) => quoted(name))
  // With the rowid, which tells the lines apart and orders them.
  const names = [...new Set([...key.map(quoted), ...stored])].join(', ')
  const insert = `insert or ignore into fresh.${quoted(name)} (${names}) select ${names} from main.${quoted(name)}`
  try {
    damaged.prepare(`${insert} not indexed`).run()
    return true
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error
  }
  const one = damaged.prepare(`${insert} where ${key.map((column) => `${quoted(column)} = ?`).join(' and ')}`)
  const together = damaged.transaction((rows: unknown[][]) => {
    for (const row of rows) one.run(row)
  })
  for (const clause of [from, reversed])
    for (const rows of inBatches(readUntilDamage(reader, `select ${key.map(quoted).join(', ')} ${clause}`)))
      try {
        together(rows)
      } catch (error) {
        if (!(error instanceof Database.SqliteError)) throw error
        // A transaction that met a damaged page cannot be committed.
        for (const row of rows) tolerate(() => one.run(row))
      }
  return false
}

function* readUntilDamage(reader: SQLite.Database, sql: string): Generator<unknown[]> {
  try {
    yield* reader.prepare(sql).raw().safeIntegers().iterate() as IterableIterator<unknown[]>
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error
  }
}

function* inBatches<T>(rows: Iterable<T>): Generator<T[]> {
  let batch: T[] = []
  for (const row of rows) {
    batch.push(row)
    if (batch.length < BATCH) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

/** What cannot be read ends the work, not the rescue. */
function tolerate(work: () => void): void {
  try {
    work()
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error
  }
}
