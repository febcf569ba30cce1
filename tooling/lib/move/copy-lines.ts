import { splitAtLiterals } from './json-literals.ts'
import type { Layout } from './source-columns.ts'
import { Blob, InvalidText, Real, Reject, type SqlValue, vectorLength } from './values.ts'

/** Why a row is rejected: the column, by its name in the source, and the reason. */
export type RowReject = { field: string; reason: string }

/** Turns the values of one row, in the order of the layout's existing columns, into a line of COPY's text format. */
export type Encoder = (values: readonly SqlValue[]) => string | RowReject

/** Creates the encoder of a table: it applies the rule of each column and stops at the first value that is rejected. */
export function createEncoder({ table, sources }: Layout): Encoder {
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
    return `${fields.map(escapeField).join('\t')}\n`
  }
}

/** https://www.postgresql.org/docs/17/sql-copy.html#SQL-COPY-FILE-FORMATS, text format. */
function escapeField(value: string | null): string {
  if (value === null) return '\\N'
  return /[\\\t\n\r]/.test(value) ? value.replace(/[\\\t\n\r]/g, (character) => COPY_ESCAPES[character]!) : value
}

const COPY_ESCAPES: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }

/** The values of one JSON line in the order of the layout's existing columns; undefined when it is not a JSON object. */
export function parseLine(line: string, { sources }: Layout): SqlValue[] | undefined {
  let row: Record<string, unknown>
  try {
    row = JSON.parse(MAYBE_LONG_INTEGER.test(line) ? markLongIntegers(line) : line)
  } catch {
    return undefined
  }
  if (typeof row !== 'object' || row === null || Array.isArray(row)) return undefined
  const values: SqlValue[] = []
  for (const source of sources) {
    if (source === undefined) continue
    const value = row[source] ?? null
    values.push(typeof value === 'object' && value !== null ? readMarked(value) : (value as SqlValue))
  }
  return values
}

const MAYBE_LONG_INTEGER = /":\s*-?\d{16}/
const LONG_INTEGER = /(?<![\w.+-])-?\d{16,}(?![\w.])/g

/** JSON.parse rounds integers of 16 digits or more. */
function markLongIntegers(line: string): string {
  const pieces = splitAtLiterals(line)
  return pieces.map((piece, n) => (n % 2 ? piece : piece.replace(LONG_INTEGER, '{"$integer":"$&"}'))).join('')
}

/** Reads the objects that stand for what JSON or its parser cannot represent (see above, and readJsonLines in sqlite.ts). */
function readMarked(value: object): SqlValue {
  if ('$integer' in value) return BigInt(String(value.$integer))
  if ('$real' in value) return Real.of(Number(String(value.$real).replace('Inf', 'Infinity')))
  if ('$blob' in value) return new Blob(String(value.$blob))
  if ('$invalid_utf8' in value) return new InvalidText(String(value.$invalid_utf8))
  return new Blob(Buffer.from(JSON.stringify(value)).toString('hex'))
}
