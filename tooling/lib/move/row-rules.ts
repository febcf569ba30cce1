import type { Layout } from './source-columns.ts'
import { describe, type SqlValue, TooLong } from './sqlite-values.ts'
import { Reject, readVector } from './values.ts'

/** Most bytes that the moved columns of a row can have, and, separately, its other columns: docs/rules.md#rule-6. */
export const MAX_ROW_BYTES = 40_000_000

/** Why a row is rejected: the column, by its name in the source, the reason, and its kind, which many rows share. */
export type RowReject = { field: string; reason: string; kind: string }

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
      const given = source === undefined ? (absent ?? null) : values[next++]!
      const value = given instanceof TooLong ? rejectLength(given) : rule(given)
      if (value instanceof Reject) return rejectRow(source ?? name, value)
      fields.push(value)
    }
    if (vector) {
      const [numbers, dims] = [readVector(fields[vector.column]!)!.length, fields[vector.dims]]
      if (dims !== null && Number(dims) !== numbers) {
        const reason = `has ${numbers} numbers, but ${sources[vector.dims]} is ${dims}`
        return { field: sources[vector.column]!, reason, kind: `does not have ${sources[vector.dims]} numbers` }
      }
    }
    return fields
  }
}

function rejectRow(field: string, { kind, value }: Reject): RowReject {
  return { field, reason: value === undefined ? kind : `${value} ${kind}`, kind }
}

function rejectLength(value: TooLong): Reject {
  const limit = MAX_ROW_BYTES.toLocaleString('en-US')
  return new Reject(`is too long: a row can have ${limit} bytes at most`, describe(value))
}
