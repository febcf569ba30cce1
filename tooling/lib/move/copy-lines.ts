import { splitAtLiterals } from './json-literals.ts'
import type { Layout } from './source-columns.ts'
import { Blob, InvalidText, Real, type SqlValue, TooLong } from './sqlite-values.ts'

/** A line of COPY's text format. */
export function encodeLine(fields: readonly (string | null)[]): string {
  return `${fields.map(escapeField).join('\t')}\n`
}

/** https://www.postgresql.org/docs/17/sql-copy.html#SQL-COPY-FILE-FORMATS, text format. */
function escapeField(value: string | null): string {
  if (value === null) return '\\N'
  return /[\\\t\n\r]/.test(value) ? value.replace(/[\\\t\n\r]/g, (character) => COPY_ESCAPES[character]!) : value
}

const COPY_ESCAPES: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }

/** The values of one line in the order of the layout's existing columns; undefined for a line that no export has. */
export function parseLine(line: string, { sources }: Layout): SqlValue[] | undefined {
  try {
    const row: Record<string, unknown> = JSON.parse(MAYBE_LONG_INTEGER.test(line) ? markLongIntegers(line) : line)
    if (typeof row !== 'object' || row === null || Array.isArray(row)) return undefined
    const values: SqlValue[] = []
    for (const source of sources) {
      if (source === undefined) continue
      const value = row[source] ?? null
      values.push(typeof value === 'object' && value !== null ? readMarked(value) : (value as SqlValue))
    }
    return values
  } catch (error) {
    // Not JSON, or not a mark.
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

const MAYBE_LONG_INTEGER = /":\s*-?\d{16}/
const LONG_INTEGER = /(?<![\w.+-])-?\d{16,}(?![\w.])/g

/** JSON.parse rounds integers of 16 digits or more. */
function markLongIntegers(line: string): string {
  const pieces = splitAtLiterals(line)
  return pieces.map((piece, n) => (n % 2 ? piece : piece.replace(LONG_INTEGER, '{"$integer":"$&"}'))).join('')
}

/** Reads the objects that stand for what JSON or its parser cannot represent (see above, and readJsonLines). */
function readMarked(value: object): SqlValue {
  if ('$integer' in value) return BigInt(String(value.$integer))
  if ('$real' in value) return Real.of(Number(String(value.$real).replace('Inf', 'Infinity')))
  if ('$blob' in value) return new Blob(String(value.$blob))
  if ('$invalid_utf8' in value) return new InvalidText(String(value.$invalid_utf8), 'UTF-8')
  if ('$invalid_utf16' in value) return new InvalidText(String(value.$invalid_utf16), 'UTF-16')
  if ('$too_long' in value) return new TooLong(Number(value.$too_long))
  throw new SyntaxError('an unknown mark')
}
