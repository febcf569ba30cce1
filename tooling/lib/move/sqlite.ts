import { isUtf8 } from 'node:buffer'
import { closeSync, openSync, readSync, statSync } from 'node:fs'
import type SQLite from 'better-sqlite3'
import { Failure } from '../errors.ts'
import { splitAtLiterals } from './json-literals.ts'
import type { Layout } from './source-columns.ts'
import Database from './sqlite-driver.ts'
import { Blob, InvalidText, Real, type SqlValue } from './values.ts'

export type Source = SQLite.Database

/** How long to wait for a writer that holds the file. */
const BUSY_MS = 10_000

const CHECK = 'Check the file and its permissions, then run this again.'
const NO_SOURCE = 'Check the path; the monitor keeps its file as x_monitor.db.'
/** The next step for commands that need a source copy before there is one. */
export const NO_SNAPSHOT = 'Copy the source first: npm run snapshot -- --source FILE'

/** Opens a SQLite file for reading, after checks that give clear errors: it exists, is SQLite, complete and UTF-8. */
export function openSource(file: string, missing = NO_SOURCE): Source {
  return withReadErrors(file, () => {
    checkFile(file, missing)
    const db = new Database(file, { readonly: true, timeout: BUSY_MS })
    const encoding = db.pragma('encoding', { simple: true })
    if (encoding !== 'UTF-8') {
      db.close()
      throw new Failure(
        `${file} is encoded in ${encoding}.`,
        'Only UTF-8 files are read. Convert it: sqlite3 FILE .dump | sqlite3 NEW_FILE',
      )
    }
    return db
  })
}

/** Does the work and turns SQLite's errors into Failures that say what to do. */
export function withReadErrors<T>(file: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException
    if (path === file) throw new Failure(`Cannot read ${file}: ${code}.`, CHECK)
    if (!(error instanceof Database.SqliteError)) throw error
    if (error.code === 'SQLITE_FULL')
      throw new Failure(`The disk is full: ${file}.`, 'Free some space, then run this again.')
    if (error.code === 'SQLITE_IOERR_WRITE')
      throw new Failure(`Cannot write ${file}: ${error.message}.`, 'Check the disk, and your quota on it.')
    if (error.code.startsWith('SQLITE_BUSY'))
      throw new Failure(`${file} is locked by another process.`, 'Stop it (npm run freeze), then run this again.')
    if (error.code === 'SQLITE_NOTADB') throw notSqliteFailure(file)
    if (error.code.startsWith('SQLITE_CORRUPT')) throw describeDamage(file, error.message)
    if (/^SQLITE_(READONLY|CANTOPEN)/.test(error.code))
      throw new Failure(
        `Cannot read ${file}: ${error.message}.`,
        'A file in WAL mode needs a folder that you may write to: copy it there, with its -wal file if it has one.',
      )
    throw new Failure(`Cannot read ${file}: ${error.message}.`, CHECK)
  }
}

export function describeDamage(file: string, detail: string): Failure {
  return new Failure(
    `${file} is damaged: ${detail}.`,
    'Restore it from a backup, or rescue what is there with: sqlite3 FILE .recover | sqlite3 NEW_FILE',
  )
}

/** The columns of a table in their order; none when there is no such table. */
export function listColumns(db: Source, table: string): string[] {
  return db.prepare('select name from pragma_table_xinfo(?) where hidden <> 1').pluck().all(table) as string[]
}

const ROWID = 'rowid'

/** The fixed order of a table's rows: it defines 'line N' in the export, the reject file and the validation. */
function rowOrder(db: Source, table: string): string {
  const withoutRowid = db
    .prepare("select wr from pragma_table_list where schema = 'main' and name = ? collate nocase")
    .pluck()
    .get(table)
  if (!withoutRowid) return ROWID
  const key = db
    .prepare('select name from pragma_table_info(?) where pk > 0 order by pk')
    .pluck()
    .all(table) as string[]
  return key.map(quoted).join(', ')
}

/**
 * Each row as the bytes of one JSON line, made by SQLite itself: several times faster than through JS values, and
 * integers keep all their digits. What JSON cannot represent becomes an object: {"$real":"0.5"}, {"$blob":"00ff"},
 * {"$invalid_utf8":"61ff"} (the last two in hex).
 */
export function* readJsonLines(db: Source, table: string): Generator<Buffer> {
  const select = `select ${jsonLine(db, table)} from ${quoted(table)} order by ${rowOrder(db, table)}`
  for (const line of db.prepare(select).pluck().iterate() as Iterable<Buffer>) {
    yield isUtf8(line) ? line : encodeInvalidText(line)
  }
}

function jsonLine(db: Source, table: string): string {
  const pairs = listColumns(db, table).map((name) => {
    const column = quoted(name)
    return `'${name.replaceAll("'", "''")}', case typeof(${column})
      when 'real' then json_object('$real', printf('%!.17g', ${column}))
      when 'blob' then json_object('$blob', lower(hex(${column}))) else ${column} end`
  })
  return `cast(json_object(${pairs.join(', ')}) || char(10) as blob)`
}

/** As latin1 each character is one byte, so that literals that are not UTF-8 can be found and everything else stays. */
function encodeInvalidText(line: Buffer): Buffer {
  const marked = splitAtLiterals(line.toString('latin1')).map((piece) => {
    if (isUtf8(Buffer.from(piece, 'latin1'))) return piece
    return `{"$invalid_utf8":"${Buffer.from(JSON.parse(piece), 'latin1').toString('hex')}"}`
  })
  return Buffer.from(marked.join(''), 'latin1')
}

/** Each row as typed values in the order of the layout's existing columns. Independent of readJsonLines, to check it. */
export function* readTypedRows(db: Source, layout: Layout): Generator<SqlValue[]> {
  const names = layout.sources.filter((name) => name !== undefined).map(quoted)
  const table = layout.table.source
  const by = rowOrder(db, table)
  const rowid = by === ROWID
  const rows = db
    .prepare(`select ${[...names, rowid ? ROWID : 'null'].join(', ')} from ${quoted(table)} order by ${by}`)
    .raw()
    .safeIntegers()
    .iterate()
  const bytes = db
    .prepare(
      `select ${names.map((name) => `cast(${name} as blob)`).join(', ')} from ${quoted(table)}
      ${rowid ? `where ${ROWID} = ?` : `order by ${by} limit 1 offset ?`}`,
    )
    .raw()
  let line = 0
  for (const row of rows as Iterable<unknown[]>) {
    const place = row.pop() ?? line
    line++
    yield toSqlValues(row, () => bytes.get(place) as (Buffer | null)[])
  }
}

/** Replaces what the driver returns by typed values, in place. `readBytes` gives the same row with each value as its bytes. */
function toSqlValues(row: unknown[], readBytes: () => (Buffer | null)[]): SqlValue[] {
  let exact: (Buffer | null)[] | undefined
  for (let index = 0; index < row.length; index++) {
    const value = row[index]
    if (typeof value === 'number') row[index] = Real.of(value)
    else if (value instanceof Uint8Array) row[index] = new Blob(Buffer.from(value).toString('hex'))
    else if (typeof value === 'string' && value.includes('\ufffd')) {
      // The driver replaces invalid UTF-8 by U+FFFD; only the bytes tell whether the text really has that character.
      exact ??= readBytes()
      if (!isUtf8(exact[index]!)) row[index] = new InvalidText(exact[index]!.toString('hex'))
    }
  }
  return row as SqlValue[]
}

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

function checkFile(file: string, missing: string): void {
  const stat = statSync(file, { throwIfNoEntry: false })
  if (!stat) throw new Failure(`There is no file ${file}.`, missing)
  if (!stat.isFile()) throw new Failure(`${file} is not a file.`, 'Give the SQLite file itself.')

  const header = Buffer.alloc(100)
  const fd = openSync(file, 'r')
  const length = readSync(fd, header)
  closeSync(fd)
  if (length < 100 || header.toString('latin1', 0, 16) !== 'SQLite format 3\0') throw notSqliteFailure(file)

  // The header has the number of pages. In WAL mode the file may be longer or shorter until a checkpoint.
  const pageSize = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16)
  const expected = header.readUInt32BE(28) * pageSize
  const walMode = header[18] === 2
  if (!walMode && stat.size < expected) throw describeDamage(file, `it ends after ${stat.size} of ${expected} bytes`)
}

function notSqliteFailure(file: string): Failure {
  return new Failure(
    `${file} is not a SQLite database.`,
    "Give the monitor's SQLite file, not an export or a dump of it.",
  )
}
