import { TABLES } from '../move/tables.ts'

/** A row of a source table, keyed by column name; a column that is left out is null. */
export type SampleRow = Record<string, unknown>

/** A number of rows per source table. */
export type RowCounts = Record<string, number>

export function zeroCounts(): RowCounts {
  return Object.fromEntries(TABLES.map(({ source }) => [source, 0]))
}
