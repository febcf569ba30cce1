import type { Layout } from './source-columns.ts'
import { Reject, type SqlValue, vectorLength } from './values.ts'

/** Why a row is rejected: the column, by its name in the source, and the reason. */
export type RowReject = { field: string; reason: string }

/** Turns the values of one row, in the order of the layout's existing columns, into the texts of all of the table's columns. */
export type RowRules = (values: readonly SqlValue[]) => (string | null)[] | RowReject

/** Applies the rule of each column, and stops at the first value that is rejected. */
export function createRowRules({ table, sources }: Layout): RowRules {
  const columns = table.columns.map((column, index) => ({ ...column, source: sources[index] }))
  const at = (wanted: string) => columns.findIndex(({ name }) => name === wanted)
  const vector = table.vector && { column: at(table.vector.column), dims: at(table.vector.dims) }

  return (values) => {
    const fields: (string | null)[] = []
    let next = 0
    for (const { rule, source, absent, name } of columns) {
      const value = source === undefined ? rule(absent ?? null) : rule(values[next++]!)
      if (value instanceof Reject) return { field: source ?? name, reason: value.reason }
      fields.push(value)
    }
    if (vector) {
      const [numbers, dims] = [vectorLength(fields[vector.column]!), fields[vector.dims]]
      if (dims !== null && Number(dims) !== numbers) {
        return {
          field: sources[vector.column]!,
          reason: `holds ${numbers} numbers, but ${sources[vector.dims]} is ${dims}`,
        }
      }
    }
    return fields
  }
}
