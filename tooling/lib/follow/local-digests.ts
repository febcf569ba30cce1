import { setImmediate as yieldToOthers } from 'node:timers/promises'
import type SQLite from 'better-sqlite3'
import Database from '../move/sqlite-driver.ts'
import { TABLES, type Table } from '../move/tables.ts'
import { rowDay, rowDigest, rowKey } from './digest.ts'
import type { LiveSource } from './live-source.ts'
import { BEFORE_FIRST } from './table-reader.ts'
import type { Tombstones } from './tombstones.ts'

/** Rows that are read in one transaction. */
const SLICE = 2_000

const SCHEMA = `
  create table digests (
    target text not null,
    key text not null,
    id integer not null,
    day text not null,
    digest text not null,
    primary key (target, key)
  ) without rowid;
`

export type LocalRow = { key: string; digest: string }
export type Day = { day: string; rows: number; digest: string }

/** The digests of all rows that Postgres should have of a source, in a file that SQLite removes by itself. */
export class LocalDigests {
  readonly #db: SQLite.Database = new Database('')
  readonly #digestOf: SQLite.Statement
  readonly #deleted = new Map<string, number>()

  private constructor() {
    this.#db.exec(SCHEMA)
    this.#digestOf = this.#db.prepare('select digest from digests where target = ? and key = ?').pluck()
  }

  static async read(source: LiveSource, tombstones: Tombstones): Promise<LocalDigests> {
    const digests = new LocalDigests()
    // Children first: what a child refers to is there when it is read.
    for (const { target } of TABLES.toReversed()) await digests.#readTable(source, target, tombstones)
    digests.#dropOrphans()
    digests.#db.exec('create index by_day on digests (target, day)')
    return digests
  }

  /** How many rows were left out because they were deleted on request. */
  deleted(target: string): number {
    return this.#deleted.get(target) ?? 0
  }

  digestOf(target: string, key: string): string | undefined {
    return this.#digestOf.get(target, key) as string | undefined
  }

  idOf(target: string, key: string): bigint | undefined {
    const select = 'select id from digests where target = ? and key = ?'
    return this.#db.prepare(select).safeIntegers().pluck().get(target, key) as bigint | undefined
  }

  /** Adds the digests up as /rpc/ingest_digest does. */
  days(target: string): Map<string, Day> {
    const days = new Map<string, { rows: number; sum: bigint }>()
    const rows = this.#db.prepare('select day, digest from digests where target = ?').raw().iterate(target)
    for (const [day, digest] of rows as Iterable<[string, string]>) {
      const { rows, sum } = days.get(day) ?? { rows: 0, sum: 0n }
      days.set(day, { rows: rows + 1, sum: sum ^ BigInt(`0x${digest}`) })
    }
    return new Map(
      Array.from(days, ([day, { rows, sum }]) => [day, { day, rows, digest: sum.toString(16).padStart(32, '0') }]),
    )
  }

  rowsOf(target: string, day: string): LocalRow[] {
    return this.#db
      .prepare('select key, digest from digests where target = ? and day = ?')
      .all(target, day) as LocalRow[]
  }

  close(): void {
    this.#db.close()
  }

  /** Of several rows with one key the last one stays, as in the move. */
  async #readTable(source: LiveSource, target: string, tombstones: Tombstones): Promise<void> {
    const insert = this.#db.prepare(
      'insert or replace into digests (target, key, id, day, digest) values (?, ?, ?, ?, ?)',
    )
    let after: bigint | undefined = BEFORE_FIRST
    while (after !== undefined) {
      after = this.#db.transaction(() =>
        source.read((readers) => {
          const reader = readers.find(({ table }) => table.target === target)!
          const { table } = reader
          let last: bigint | undefined
          for (const { id, values } of reader.slice(after!, SLICE)) {
            last = id
            const fields = reader.applyRules(values)
            if (!Array.isArray(fields)) continue
            if (tombstones.has(table, fields)) {
              this.#deleted.set(target, this.deleted(target) + 1)
              continue
            }
            insert.run(target, rowKey(table, fields), id, rowDay(table, fields), rowDigest(table, fields))
          }
          return last
        }),
      )()
      await yieldToOthers()
    }
  }

  /** Reports and embeddings without their post are not stored: docs/rules.md#rule-8. */
  #dropOrphans(): void {
    for (const { target, parent } of TABLES as Table[]) {
      if (!parent) continue
      this.#db
        .prepare('delete from digests where target = ? and key not in (select key from digests where target = ?)')
        .run(target, parent.target)
    }
  }
}
