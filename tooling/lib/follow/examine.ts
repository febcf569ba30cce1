import type { RowReject } from '../move/row-rules.ts'
import { keyFields } from '../move/source-columns.ts'
import type { SqlValue } from '../move/sqlite-values.ts'
import type { Table } from '../move/tables.ts'
import { type Fields, microsecondsSince2000, rowKey } from './digest.ts'
import { writeItem } from './item.ts'
import type { Reason } from './reject-log.ts'
import type { KnownRow, State } from './state.ts'
import { fingerprint, type SourceRow, type TableReader } from './table-reader.ts'

/** What a look found in one table. gone: the keys of rows that are no longer in the source. */
export type Found = { changed: number; rejected: number; gone: string[] }

export type IsStored = (table: Table, key: string, fields: Fields) => boolean

/** Compares rows of one table with what is known of them, and puts what differs into the outbox. */
export class Examiner {
  /** Of the table that rows of this one refer to. */
  parent: Examiner | undefined
  readonly found: Found = { changed: 0, rejected: 0, gone: [] }
  readonly reader: TableReader
  readonly #state: State
  readonly #isStored: IsStored
  readonly #source: string
  readonly #lostKeys = new Set<string>()

  /** isStored: whether the server is known to have a row of this key with this digest, so that it need not be sent. */
  constructor(reader: TableReader, state: State, isStored: IsStored = () => false) {
    this.reader = reader
    this.#state = state
    this.#isStored = isStored
    this.#source = reader.table.source
  }

  /** Those of these rows that the table has. */
  examineAll(ids: Iterable<bigint>): void {
    for (const id of ids) {
      const row = this.reader.get(id)
      if (row) this.examine(row)
    }
  }

  /** The rows behind this one, at most so many; returns the last one, unless there are no more. */
  examineSlice(after: bigint, limit: number): bigint | undefined {
    let last: bigint | undefined
    for (const row of this.reader.slice(after, limit)) {
      this.examine(row)
      last = row.id
    }
    return last
  }

  /** A row whose bytes are known already is left alone, unless `again`: the same bytes may be judged differently now. */
  examine({ id, values }: SourceRow, again = false): void {
    const known = this.#state.row(this.#source, id)
    const row: KnownRow = { id, fingerprint: fingerprint(values), key: null }
    const isKnown = known?.fingerprint === row.fingerprint
    if (isKnown && !again) return

    const fields = this.reader.applyRules(values)
    if (!isFields(fields)) this.#reject(row, fields, known)
    else this.#accept(row, values, fields, known)
    if (known?.key != null && known.key !== this.#state.row(this.#source, id)?.key) this.#lostKeys.add(known.key)
  }

  /** Rows that are known and no longer there. Looked for by their number: a page that SQLite has freed keeps its bytes. */
  findVanished(): void {
    if (this.reader.count === this.#state.countRows(this.#source)) return
    for (const id of missingIds(this.#state.ids(this.#source), this.reader.ids)) {
      const { key } = this.#state.row(this.#source, id)!
      this.#state.deleteRow(this.#source, id)
      if (key !== null) this.#lostKeys.add(key)
    }
  }

  /** A key that a row has lost may be that of a row it had superseded; else it is gone. */
  settleLostKeys(): void {
    if (this.#lostKeys.size > 0) this.retryRejected()
    for (const key of this.#lostKeys) {
      if (this.#state.otherRow(this.#source, key, undefined)) continue
      this.#state.outbox.putGone(this.#source, key)
      this.found.gone.push(key)
    }
  }

  /**
   * The pages are looked at a moment before the rows are read, so a row may be found whose parent was written after it.
   * It would be refused if it were sent first.
   */
  examineParent(key: string, value: SqlValue): void {
    if (this.#state.otherRow(this.#source, key, undefined)) return
    const row = this.reader.findByKey(value)
    if (row) this.examine(row)
  }

  retryRejected(): void {
    for (const id of this.#state.rejectedIds(this.#source)) {
      const row = this.reader.get(id)
      if (row) this.examine(row, true)
    }
  }

  #accept(row: KnownRow, values: readonly SqlValue[], fields: Fields, known: KnownRow | undefined): void {
    const key = rowKey(this.reader.table, fields)
    const { later, replaced } = this.#competeFor(key, row.id)
    if (later !== undefined) {
      this.#reject(row, this.#superseded(later), known)
      return
    }
    this.parent?.examineParent(key, this.reader.keyValue(values))
    this.#state.setRow(this.#source, { ...row, key })
    this.#noteClock(fields)
    // INSERT OR REPLACE gives an equal row another number.
    if (replaced === row.fingerprint || this.#isStored(this.reader.table, key, fields)) return
    this.#state.outbox.put(this.#source, key, writeItem(this.reader.table, fields))
    this.found.changed++
  }

  /** Of several rows with one key the last one wins: the later one, if there is; those before this one are rejected. */
  #competeFor(key: string, id: bigint): { later?: bigint; replaced?: bigint } {
    let replaced: bigint | undefined
    for (;;) {
      const other = this.#state.otherRow(this.#source, key, id)
      if (!other) return replaced === undefined ? {} : { replaced }
      const row = this.reader.get(other.id)
      if (!row) {
        this.#state.deleteRow(this.#source, other.id)
        replaced = other.fingerprint
      } else if (fingerprint(row.values) !== other.fingerprint) {
        this.#state.deleteRow(this.#source, other.id)
        this.examine(row)
      } else if (other.id > id) {
        return { later: other.id }
      } else {
        this.#reject({ ...other, key: null }, this.#superseded(id), other)
      }
    }
  }

  #superseded(by: bigint): Reason {
    return { field: keyFields(this.reader.layout), reason: `superseded by row ${by}` }
  }

  #reject(row: KnownRow, reject: Reason, known: KnownRow | undefined): void {
    this.#state.setRow(this.#source, row)
    if (known?.key === null && known.fingerprint === row.fingerprint) return
    this.#state.rejects.write(this.#source, row.id, reject, this.reader.json(row.id))
    this.found.rejected++
  }

  #noteClock(fields: Fields): void {
    const { clock, columns } = this.reader.table
    if (!clock) return
    const now = microsecondsSince2000(fields[columns.findIndex(({ name }) => name === clock)]!)
    const newest = this.#state.get(clockName(this.#source))
    if (newest === undefined || now > BigInt(newest)) this.#state.set(clockName(this.#source), String(now))
  }
}

/** Under which name the state keeps the newest instant of a table. */
export function clockName(source: string): string {
  return `newest ${source}`
}

function isFields(fields: (string | null)[] | RowReject): fields is (string | null)[] {
  return Array.isArray(fields)
}

/** Those of the first that are not in the second; both are sorted. */
function missingIds(known: Iterable<bigint>, found: IterableIterator<bigint>): bigint[] {
  const missing: bigint[] = []
  let next = found.next()
  for (const id of known) {
    while (!next.done && next.value < id) next = found.next()
    if (next.done || next.value !== id) missing.push(id)
  }
  found.return?.()
  return missing
}
