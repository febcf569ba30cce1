import { Failure } from '../errors.ts'
import { escapeName } from '../output.ts'
import { type Column, TABLES, type Table } from './tables.ts'

/** A table in one particular source file: which of its columns feeds which column in Postgres. */
export type Layout = {
  table: Table
  /** The source column for each of table.columns; undefined where the file has none. */
  sources: readonly (string | undefined)[]
  /** Source columns that are not moved: reported, never dropped silently. */
  ignored: readonly string[]
}

/** Finds each column under one of its names, in upper or lower case; a missing required one is a Failure. */
export function findLayout(table: Table, columns: readonly string[], file: string): Layout {
  const byName = new Map(columns.map((name) => [name.toLowerCase(), name]))
  const find = ({ from }: Column) => from.map((name) => byName.get(name)).find((name) => name !== undefined)
  const sources = table.columns.map(find)

  const missing = table.columns.filter((column, index) => column.required && !sources[index])
  if (missing.length > 0) {
    const wanted = missing.map(({ from }) =>
      from.length > 1 ? `${from[0]} (or ${from.slice(1).join(', ')})` : from[0],
    )
    throw new Failure(
      `Table ${table.source} of ${file} has no column ${wanted.join('; no ')}.`,
      `Its columns are ${columns.map(escapeName).join(', ')}. Add the missing one to the file, or its other name to tooling/lib/move/tables.ts.`,
    )
  }
  return { table, sources, ignored: columns.filter((name) => !sources.includes(name)) }
}

/** The source columns that make a row unique: the field that a reject names when a whole row is superseded or orphaned. */
export function keyFields({ table, sources }: Layout): string {
  return table.key.map((name) => sources[table.columns.findIndex((column) => column.name === name)] ?? name).join(', ')
}

/** The layouts of all tables, in the order of the import; a missing table is a Failure that names all of them. */
export function findLayouts(listColumns: (table: string) => readonly string[], file: string): Layout[] {
  const missing = TABLES.filter(({ source }) => listColumns(source).length === 0).map(({ source }) => source)
  if (missing.length > 0) {
    throw new Failure(
      `${file} has no table ${missing.join(', ')}.`,
      `A monitor's file has the tables ${TABLES.map(({ source }) => source).join(', ')}. Is this the right file?`,
    )
  }
  return TABLES.map((table) => findLayout(table, listColumns(table.source), file))
}
