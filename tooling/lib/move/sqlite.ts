import { closeSync, existsSync, lstatSync, openSync, readSync, realpathSync, statSync } from 'node:fs'
import type SQLite from 'better-sqlite3'
import { Failure } from '../errors.ts'
import { escapeName } from '../output.ts'
import Database from './sqlite-driver.ts'

export type Source = SQLite.Database

type SqliteError = Error & { code: string }

/** How long to wait for a writer that holds the file. */
const BUSY_MS = 10_000

const CHECK = 'Check the file and its permissions, then run this again.'
const NO_SOURCE = 'Check the path; the monitor keeps its file as x_monitor.db.'
/** The next step for commands that need a source copy before there is one. */
export const NO_SNAPSHOT = 'Copy the source first: npm run snapshot -- --source FILE'

/** Opens a SQLite file for reading, after checks that give clear errors: it exists, is SQLite, and complete. */
export function openSource(file: string, missing = NO_SOURCE): Source {
  return withReadErrors(file, () => {
    checkFile(file, missing)
    const db = new Database(file, { readonly: true, timeout: BUSY_MS })
    try {
      // A file from anywhere: its views and generated columns may call only functions without side effects.
      db.pragma('trusted_schema = off')
      const encoding = encodingOf(db)
      // Not for UTF-8, where the driver returns the bytes as they are.
      db.function('is_well_formed', { deterministic: true }, (bytes) =>
        isWellFormedUtf16(bytes as Buffer, encoding) ? 1 : 0,
      )
      return db
    } catch (error) {
      db.close()
      throw error
    }
  })
}

/** UTF-8, UTF-16le or UTF-16be. */
export function encodingOf(db: Source): string {
  return db.pragma('encoding', { simple: true }) as string
}

/** Whether text of a UTF-16 file is valid; SQLite would convert half a surrogate pair to something else. */
export function isWellFormedUtf16(bytes: Buffer, encoding: string): boolean {
  if (bytes.length % 2 === 1) return false
  const littleEndian = encoding === 'UTF-16be' ? Buffer.from(bytes).swap16() : bytes
  return littleEndian.toString('utf16le').isWellFormed()
}

/** Does the work and turns SQLite's errors into Failures that say what to do. */
export function withReadErrors<T>(file: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException
    if (path === file) throw new Failure(`Cannot read ${file}: ${code}.`, CHECK)
    if (!(error instanceof Database.SqliteError)) throw error
    throw sqliteFailure(file, error as SqliteError)
  }
}

function sqliteFailure(file: string, { code, message: raw }: SqliteError): Failure {
  // It may contain names of the file.
  const message = escapeName(raw)
  if (code === 'SQLITE_FULL') return new Failure(`The disk is full: ${file}.`, 'Free some space, then run this again.')
  if (code === 'SQLITE_IOERR_WRITE')
    return new Failure(`Cannot write ${file}: ${message}.`, 'Check the disk, and your quota on it.')
  if (code.startsWith('SQLITE_BUSY'))
    return new Failure(`${file} is locked by another process.`, 'Stop it (npm run freeze), then run this again.')
  if (code === 'SQLITE_NOTADB') return notSqliteFailure(file)
  if (code.startsWith('SQLITE_CORRUPT')) return damageFailure(file, message)
  if (code === 'SQLITE_READONLY_ROLLBACK') return hotJournalFailure(file)
  if (/^SQLITE_(READONLY|CANTOPEN)/.test(code))
    return new Failure(
      `Cannot read ${file}: ${message}.`,
      'A file in WAL mode needs a folder that you may write to: copy it there, with its -wal file if it has one.',
    )
  if (/^no such (function|collation|module|table)/.test(message))
    return new Failure(
      `Cannot read ${file}: ${message}.`,
      'A view or a generated column needs it. Replace it with a table in a copy of the file, then use the copy as the source.',
    )
  return new Failure(`Cannot read ${file}: ${message}.`, CHECK)
}

/** Only SQLite can undo the changes, and only by writing to the file. */
function hotJournalFailure(file: string): Failure {
  return new Failure(
    `${file}-journal was left by a writer that was killed: ${file} has changes that were never committed.`,
    rescueAdvice(file, 'Let SQLite undo them in a copy'),
  )
}

export function damageFailure(file: string, detail: string): Failure {
  return new Failure(
    `${file} is damaged: ${escapeName(detail)}.`,
    rescueAdvice(file, 'Restore it from a backup, or continue with what can be read'),
  )
}

function rescueAdvice(file: string, what: string): string {
  return `${what}: npm run rescue -- --source ${/^[\w./-]+$/.test(file) ? file : `'${file}'`} --out rescued.db, then use rescued.db as the source.`
}

/**
 * Checks that a file is one, and those that SQLite would read with it: a pipe would keep everybody waiting, and a link may
 * lead to a file of somebody else.
 */
export function checkPlainFiles(file: string, missing = NO_SOURCE): void {
  const stat = statSync(file, { throwIfNoEntry: false })
  if (!stat) throw new Failure(`There is no file ${file}.`, missing)
  if (!stat.isFile()) throw new Failure(`${file} is not a file.`, 'Give the SQLite file itself.')
  for (const suffix of ['-journal', '-wal', '-shm']) {
    const companion = lstatSync(`${realpathSync(file)}${suffix}`, { throwIfNoEntry: false })
    if (companion && !companion.isFile())
      throw new Failure(
        `${file}${suffix} is not a file, as SQLite would have written it.`,
        'Find out who put it there, and remove it.',
      )
  }
}

function checkFile(file: string, missing: string): void {
  checkPlainFiles(file, missing)
  const { size } = statSync(file)
  const header = Buffer.alloc(100)
  const fd = openSync(file, 'r')
  const length = readSync(fd, header)
  closeSync(fd)
  if (length < 100 || header.toString('latin1', 0, 16) !== 'SQLite format 3\0') throw notSqliteFailure(file)

  // The header has the number of pages. In WAL mode the file may be longer or shorter until a checkpoint.
  const pageSize = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16)
  const expected = header.readUInt32BE(28) * pageSize
  const walMode = header[18] === 2
  // A journal restores what a killed writer has cut off.
  if (!walMode && size < expected && !existsSync(`${file}-journal`))
    throw damageFailure(file, `it ends after ${size} of ${expected} bytes`)
}

function notSqliteFailure(file: string): Failure {
  return new Failure(
    `${file} is not a SQLite database.`,
    "Give the monitor's SQLite file, not an export or a dump of it.",
  )
}
