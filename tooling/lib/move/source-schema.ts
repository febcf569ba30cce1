import { count, escapeName } from '../output.ts'
import type { Source } from './sqlite.ts'
import { TABLES } from './tables.ts'

/** What a table of the source is like, as far as reading its rows in a fixed order needs it. */
export type SourceTable = {
  columns: { name: string; computed: boolean }[]
  /** Not a view, nor a virtual table. */
  isTable: boolean
  /** The columns that identify a row; none for a view or a virtual table. */
  key: string[]
  /** The FROM and ORDER BY clauses of every query that reads it: they define 'line N' in every file and message. */
  from: string
  /** The same in the opposite order. */
  reversed: string
}

/** The columns of a table in their order; none when there is no such table. */
export function listColumns(db: Source, table: string): string[] {
  return db.prepare('select name from pragma_table_xinfo(?) where hidden <> 1').pluck().all(table) as string[]
}

export function inspectTable(db: Source, table: string): SourceTable {
  const { type, wr } = db
    .prepare("select type, wr from pragma_table_list where schema = 'main' and name = ? collate nocase")
    .get(table) as { type: string; wr: number }
  const columns = db
    .prepare('select name, hidden, pk from pragma_table_xinfo(?) where hidden <> 1 order by cid')
    .all(table) as { name: string; hidden: number; pk: number }[]
  const isTable = type === 'table' || type === 'shadow'
  const key = !isTable ? [] : wr === 1 ? primaryKey(columns) : rowidOf(columns)
  // A view or a virtual table has no order of its own.
  const order = isTable ? key.map(quoted) : columns.map(({ name }) => `${quoted(name)} collate binary`)
  return {
    // A generated column, or one of a view, is an expression.
    columns: columns.map(({ name, hidden }) => ({ name, computed: hidden > 0 || !isTable })),
    isTable,
    key,
    from: fromClause(table, order),
    reversed: fromClause(
      table,
      order.map((column) => `${column} desc`),
    ),
  }
}

function fromClause(table: string, order: string[]): string {
  // When columns hide all names of the rowid: without an index SQLite reads a table in the order of its rowids.
  return `from ${quoted(table)} ${order.length > 0 ? `order by ${order.join(', ')}` : 'not indexed'}`
}

function primaryKey(columns: { name: string; pk: number }[]): string[] {
  const key = columns.filter(({ pk }) => pk > 0).sort((a, b) => a.pk - b.pk)
  return key.map(({ name }) => name)
}

/** The name of the rowid that no column hides, if any. */
function rowidOf(columns: { name: string; pk: number }[]): string[] {
  const names = columns.map(({ name }) => name.toLowerCase())
  return ['rowid', '_rowid_', 'oid'].filter((alias) => !names.includes(alias)).slice(0, 1)
}

/** What is in the source and not moved: nothing is left out silently. */
export type NotMoved = {
  /** Other tables and their rows; null where they cannot be counted. */
  tables: Record<string, number | null>
  /** Per table, the columns and how many rows have a value there. */
  columns: Record<string, Record<string, number>>
  /** Damage and missing modules outside the moved tables. */
  problems: string[]
}

/** What is not moved, in words: a line for each column and table that has something, and for each problem. */
export function notMovedLines({ tables, columns, problems }: NotMoved): string[] {
  const rows = (number: number | null) =>
    number === null ? 'cannot be read' : `${count(number)} ${number === 1 ? 'row' : 'rows'}`
  return [
    ...Object.entries(columns).flatMap(([table, counts]) =>
      Object.entries(counts)
        .filter(([, values]) => values > 0)
        .map(([column, values]) => `column ${table}.${escapeName(column)}, a value in ${rows(values)}`),
    ),
    ...Object.entries(tables)
      .filter(([, number]) => number !== 0)
      .map(([table, number]) => `table ${escapeName(table)}, ${rows(number)}`),
    ...problems.map((problem) => `a problem in the file that does not concern the move: ${escapeName(problem)}`),
  ]
}

/** Tables that are not moved. Shadow tables belong to a virtual table, those of SQLite to the file. */
export function listOtherTables(db: Source): string[] {
  const moved = TABLES.map(({ source }) => source)
  const names = db
    .prepare("select name from pragma_table_list where schema = 'main' and type in ('table', 'virtual')")
    .pluck()
    .all() as string[]
  return names.filter((name) => !/^sqlite_/i.test(name) && !moved.includes(name.toLowerCase())).sort()
}

export function countOtherTables(db: Source): NotMoved['tables'] {
  return Object.fromEntries(listOtherTables(db).map((name) => [name, tryCountRows(db, name)]))
}

export function countRows(db: Source, table: string): number {
  return db
    .prepare(`select count(*) from ${quoted(table)}`)
    .pluck()
    .get() as number
}

function tryCountRows(db: Source, table: string): number | null {
  try {
    return countRows(db, table)
  } catch {
    // A virtual table may need a module or a tokenizer that is not here, or be damaged.
    return null
  }
}

const COLUMNS_PER_QUERY = 500

/** In how many rows each of these columns has a value. */
export function countValues(db: Source, table: string, columns: readonly string[]): Record<string, number> {
  const counts: [string, number][] = []
  for (let at = 0; at < columns.length; at += COLUMNS_PER_QUERY) {
    const some = columns.slice(at, at + COLUMNS_PER_QUERY)
    const row = db
      .prepare(`select ${some.map((name) => `count(${quoted(name)})`).join(', ')} from ${quoted(table)}`)
      .raw()
      .get() as number[]
    counts.push(...some.map((name, index): [string, number] => [name, row[index]!]))
  }
  return Object.fromEntries(counts)
}

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
