import { createHash } from 'node:crypto'
import type SQLite from 'better-sqlite3'
import { Failure } from '../errors.ts'
import { createRowRules, type RowRules } from '../move/row-rules.ts'
import type { Layout } from '../move/source-columns.ts'
import { jsonLine, typedRow } from '../move/source-rows.ts'
import { inspectTable, quoted } from '../move/source-schema.ts'
import type { Source } from '../move/sqlite.ts'
import { Blob, InvalidText, Real, type SqlValue, TooLong } from '../move/sqlite-values.ts'
import { microsecondsSince2000 } from './digest.ts'

const ROWID = ['rowid', '_rowid_', 'oid']

export type SourceRow = { id: bigint; values: SqlValue[] }

/** In front of every row that SQLite gives a number by itself. */
export const BEFORE_FIRST = -(2n ** 63n)

/** Reads single rows and slices of one table of the source, by rowid. */
export class TableReader {
  readonly layout: Layout
  readonly applyRules: RowRules
  readonly #db: Source
  readonly #toValues: ReturnType<typeof typedRow>['toValues']
  readonly #toLine: ReturnType<typeof jsonLine>['toLine']
  readonly #statements: Record<
    'one' | 'slice' | 'keyed' | 'bytes' | 'json' | 'count' | 'ids' | 'long',
    SQLite.Statement
  >

  constructor(db: Source, layout: Layout, file: string) {
    this.#db = db
    this.layout = layout
    this.applyRules = createRowRules(layout)
    const table = layout.table.source
    const { key, isTable } = inspectTable(db, table)
    if (!isTable || key.length !== 1 || !ROWID.includes(key[0]!))
      throw new Failure(`${table} of ${file} is not a table with rowids.`, 'Only such a table can be followed.', 2)
    const [rowid] = key
    const typed = typedRow(db, layout)
    const json = jsonLine(db, layout)
    this.#toValues = typed.toValues
    this.#toLine = json.toLine
    const from = `from ${quoted(table)}`
    const names = layout.sources.filter((name) => name !== undefined)
    const lengths = names.map((name) => `ifnull(octet_length(${quoted(name)}), 0)`).join(' + ')
    const prepare = (select: string) => db.prepare(select).safeIntegers()
    this.#statements = {
      one: prepare(`select ${rowid}, ${typed.cells} ${from} where ${rowid} = ?`).raw(),
      slice: prepare(`select ${rowid}, ${typed.cells} ${from} where ${rowid} > ? order by ${rowid} limit ?`).raw(),
      // Found by an index if the monitor has one, as it has for the id of a post.
      keyed: prepare(`select ${rowid}, ${typed.cells} ${from} where ${quoted(this.#keySource)} = ?`).raw(),
      bytes: prepare(`select ${typed.byteCells} ${from} where ${rowid} = ?`).raw(),
      json: prepare(`select ${json.cells} ${from} where ${rowid} = ?`).raw(),
      count: prepare(`select count(*) ${from}`).pluck(),
      ids: prepare(`select ${rowid} ${from} order by ${rowid}`).pluck(),
      long: prepare(`select ${rowid} ${from} where ${lengths} > ?`).pluck(),
    }
  }

  get table(): Layout['table'] {
    return this.layout.table
  }

  get(id: bigint): SourceRow | undefined {
    const row = this.#statements.one.get(id) as unknown[] | undefined
    return row && this.#typed(row)
  }

  /** The rows behind this one, at most so many, one at a time: each may be large. */
  *slice(after: bigint, limit: number): Generator<SourceRow> {
    for (const row of this.#statements.slice.iterate(after, limit)) yield this.#typed(row as unknown[])
  }

  /** A row with this value in the first column of the key, as the source has it. */
  findByKey(value: SqlValue): SourceRow | undefined {
    const row = this.#statements.keyed.get(value) as unknown[] | undefined
    return row && this.#typed(row)
  }

  /** The first column of a row's key, as the source has it. */
  keyValue(values: readonly SqlValue[]): SqlValue {
    return values[this.layout.sources.filter((name) => name !== undefined).indexOf(this.#keySource)]!
  }

  get count(): number {
    return Number(this.#statements.count.get())
  }

  get ids(): IterableIterator<bigint> {
    return this.#statements.ids.iterate() as IterableIterator<bigint>
  }

  /** The rows that may not fit on a page of that many bytes. */
  longIds(pageSize: number): IterableIterator<bigint> {
    // A row with no more than half a page of texts fits, unless pages are too small for the numbers beside them.
    return this.#statements.long.iterate(pageSize >= 4_096 ? pageSize / 2 : -1) as IterableIterator<bigint>
  }

  /** The whole row as the export writes it. */
  json(id: bigint): string {
    const row = this.#statements.json.get(id) as (Buffer | string)[] | undefined
    return row ? this.#toLine(row).toString('utf8').trimEnd() : '{}'
  }

  /** How many rows each day has, by the first letters of its timestamps as they are: good enough to divide the work. */
  get roughDays(): [day: string, rows: number][] {
    const place = this.table.columns.findIndex(({ name }) => name === this.table.dayColumn)
    const day = `substr(${quoted(this.layout.sources[place]!)}, 1, 10)`
    const select = `select ${day}, count(*) from ${quoted(this.table.source)} where date(${day}) = ${day} group by 1 order by 1`
    return this.#db.prepare(select).raw().all() as [string, number][]
  }

  /** The newest instant of the table's clock, in microseconds since 2000; undefined without rows or without a clock. */
  get newest(): bigint | undefined {
    const place = this.table.columns.findIndex(({ name }) => name === this.table.clock)
    if (place < 0) return undefined
    const select = `select max(${quoted(this.layout.sources[place]!)}) from ${quoted(this.table.source)}`
    const newest = this.table.columns[place]!.rule(this.#db.prepare(select).pluck().get() as SqlValue)
    return typeof newest === 'string' ? microsecondsSince2000(newest) : undefined
  }

  get #keySource(): string {
    return this.layout.sources[this.table.columns.findIndex(({ name }) => name === this.table.key[0])]!
  }

  #typed([id, ...values]: unknown[]): SourceRow {
    return {
      id: id as bigint,
      values: this.#toValues(values, () => this.#statements.bytes.get(id) as (Buffer | null)[]),
    }
  }
}

/** 64 bits that tell whether a row is the same as before. */
export function fingerprint(values: readonly SqlValue[]): bigint {
  const written = values.map((value) => {
    if (value === null) return 'n'
    if (typeof value === 'string') return `t${value.length}:${value}`
    if (value instanceof Real) return `r${value.text}`
    if (value instanceof Blob) return `b${value.hex}`
    if (value instanceof InvalidText) return `i${value.hex}`
    if (value instanceof TooLong) return `l${value.bytes}`
    return String(value)
  })
  return createHash('sha1').update(written.join()).digest().readBigInt64BE()
}
