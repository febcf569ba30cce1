import { existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type SQLite from 'better-sqlite3'
import { Failure } from '../errors.ts'
import { withWriteErrors } from '../files.ts'
import Database from '../move/sqlite-driver.ts'
import { OUTBOX_SCHEMA, Outbox } from './outbox.ts'
import type { KnownBlocks } from './pages/changed-pages.ts'
import { RejectLog } from './reject-log.ts'
import { BEFORE_FIRST } from './table-reader.ts'

const SCHEMA = `
  create table if not exists meta (name text primary key, value text not null) without rowid;

  -- The pages of the source as of the last look.
  create table if not exists blocks (block integer primary key, digests blob not null);

  -- Each row of the source as of the last look; key is null for a row that was rejected.
  create table if not exists rows (
    source text not null,
    id integer not null,
    fingerprint integer not null,
    key text,
    primary key (source, id)
  ) without rowid;
  create index if not exists rows_by_key on rows (source, key);
  create index if not exists rows_rejected on rows (source) where key is null;
`

export type KnownRow = { id: bigint; fingerprint: bigint; key: string | null }

/** What a state file belongs to. */
export type Identity = { source: string; url: string }

/**
 * What a follower knows of the source as of its last look, and what the server has not acknowledged yet. Both change in
 * one transaction, so a follower that is killed goes on where it was. One process at a time holds the file.
 */
export class State {
  readonly outbox: Outbox
  readonly rejects: RejectLog
  readonly blocks: KnownBlocks
  readonly #file: string
  readonly #db: SQLite.Database
  readonly #sql: Record<
    'block' | 'setBlock' | 'row' | 'byKey' | 'set' | 'delete' | 'count' | 'ids' | 'rejected' | 'meta' | 'setMeta',
    SQLite.Statement
  >

  /** Without a reject file, what is rejected is only counted. */
  constructor(file: string, identity: Identity, rejects?: string) {
    this.#file = file
    withWriteErrors(file, () => mkdirSync(dirname(file), { recursive: true }))
    this.#db = openExclusive(file)
    const prepare = (sql: string) => this.#db.prepare(sql).safeIntegers()
    this.#sql = {
      block: prepare('select digests from blocks where block = ?').pluck(),
      setBlock: prepare('insert or replace into blocks (block, digests) values (?, ?)'),
      row: prepare('select id, fingerprint, key from rows where source = ? and id = ?'),
      // By itself, SQLite would go through all rows of the table for the order.
      byKey: prepare(
        'select id, fingerprint, key from rows indexed by rows_by_key where source = ? and key = ? and id is not ? order by id desc limit 1',
      ),
      set: prepare('insert or replace into rows (source, id, fingerprint, key) values (?, ?, ?, ?)'),
      delete: prepare('delete from rows where source = ? and id = ?'),
      count: prepare('select count(*) from rows where source = ?').pluck(),
      ids: prepare('select id from rows where source = ? order by id').pluck(),
      rejected: prepare(
        'select id from rows where source = ? and key is null and id > ? order by id limit 1000',
      ).pluck(),
      meta: prepare('select value from meta where name = ?').pluck(),
      setMeta: prepare('insert or replace into meta (name, value) values (?, ?)'),
    }
    this.outbox = new Outbox(this.#db)
    this.blocks = {
      get: (block) => this.#sql.block.get(block) as Buffer | undefined,
      set: (block, digests) => void this.#sql.setBlock.run(block, digests),
    }
    this.#belongTo(identity)
    this.rejects = new RejectLog(rejects, Number(this.get('rejects_bytes') ?? 0))
  }

  /** All of the work or nothing of it, the reject file included. */
  transaction<T>(work: () => T): T {
    const { bytes } = this.rejects
    try {
      return this.#db.transaction(() => {
        const result = work()
        if (this.rejects.bytes !== bytes) this.set('rejects_bytes', String(this.rejects.bytes))
        return result
      })()
    } catch (error) {
      this.rejects.truncate(bytes)
      throw withoutSpace(error, this.#file)
    }
  }

  row(source: string, id: bigint): KnownRow | undefined {
    return this.#sql.row.get(source, id) as KnownRow | undefined
  }

  /** Another row of the same key, the last one if there are more. */
  otherRow(source: string, key: string, id: bigint | undefined): KnownRow | undefined {
    return this.#sql.byKey.get(source, key, id ?? null) as KnownRow | undefined
  }

  setRow(source: string, { id, fingerprint, key }: KnownRow): void {
    this.#sql.set.run(source, id, fingerprint, key)
  }

  deleteRow(source: string, id: bigint): void {
    this.#sql.delete.run(source, id)
  }

  countRows(source: string): number {
    return Number(this.#sql.count.get(source))
  }

  ids(source: string): IterableIterator<bigint> {
    return this.#sql.ids.iterate(source) as IterableIterator<bigint>
  }

  /** A part at a time, for they may be many, and rows may be set meanwhile. */
  *rejectedIds(source: string): Generator<bigint> {
    let ids = [BEFORE_FIRST]
    while (ids.length > 0) {
      ids = this.#sql.rejected.all(source, ids.at(-1)) as bigint[]
      yield* ids
    }
  }

  /** How many rows of each table were rejected; tables without any are left out. */
  countRejected(): Record<string, number> {
    const counts = this.#db.prepare('select source, count(*) from rows where key is null group by source').raw()
    return Object.fromEntries(counts.all() as [string, number][])
  }

  /** The next look reads every row. */
  forgetPages(): void {
    this.#db.exec('delete from blocks')
  }

  get(name: string): string | undefined {
    return this.#sql.meta.get(name) as string | undefined
  }

  set(name: string, value: string): void {
    this.#sql.setMeta.run(name, value)
  }

  close(): void {
    this.#db.close()
    this.rejects.close()
  }

  #belongTo({ source, url }: Identity): void {
    for (const [name, value] of Object.entries({ source, url })) {
      const known = this.get(name)
      if (known !== undefined && known !== value) {
        this.#db.close()
        throw new Failure(
          `${this.#file} belongs to the ${name} ${known}, not ${value}.`,
          'Name a state file of its own with --state.',
          2,
        )
      }
      this.set(name, value)
    }
  }
}

/** What the follower of this source noted last, if there was one and it is not running now. */
export function readNotes(file: string, { source, url }: Identity): ReadonlyMap<string, string> {
  if (!existsSync(file)) return new Map()
  const db = new Database(file, { readonly: true, timeout: 0 })
  try {
    const notes = new Map(db.prepare('select name, value from meta').raw().all() as [string, string][])
    return notes.get('source') === source && notes.get('url') === url ? notes : new Map()
  } catch (error) {
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) return new Map()
    throw error
  } finally {
    db.close()
  }
}

function openExclusive(file: string): SQLite.Database {
  const db = withWriteErrors(file, () => new Database(file, { timeout: 0 }))
  try {
    db.pragma('auto_vacuum = full')
    db.pragma('locking_mode = exclusive')
    db.pragma('journal_mode = wal')
    db.pragma('synchronous = normal')
    db.exec('begin exclusive; commit')
    db.exec(SCHEMA)
    db.exec(OUTBOX_SCHEMA)
    return db
  } catch (error) {
    db.close()
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY'))
      throw new Failure(
        `Another follower is running with ${file}.`,
        'Stop it, or name another state file with --state.',
        2,
      )
    throw withoutSpace(error, file)
  }
}

/** SQLite's error, in our words if it is about the disk. */
function withoutSpace(error: unknown, file: string): unknown {
  if (!(error instanceof Database.SqliteError) || !/FULL|IOERR/.test(error.code)) return error
  return new Failure(`${file} cannot be written: ${error.message}.`, 'Free some space; nothing is lost.')
}
