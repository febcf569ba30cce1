import { unmarked, withExactNumbers } from './exact-values.ts'

/** How Postgres writes values of these types as text, given how it writes them in JSON. */
const AS_TEXT: [type: RegExp, text: (value: string) => string][] = [
  [/^bool/, (value) => value.charAt(0)],
  [/^timestamp/, (value) => value.replace('T', ' ').replace(/([+-]\d\d):00$/, '$1')],
]

/**
 * The stand-in writes CSV in its own way; PostgREST lets Postgres write each row as a record: true is t, a timestamp has a
 * space, null is nothing, '' is "", and values with a space, comma, quote, parenthesis or backslash are quoted.
 */
export function csvOf(json: string, typeOf: (column: string) => string | undefined): string {
  const rows = JSON.parse(json) as Record<string, unknown>[]
  const columns = Object.keys(rows[0] ?? {})
  const lines = rows.map((row) => columns.map((column) => field(row[column], typeOf(column) ?? '')).join(','))
  return `${columns.join(',')}\n${lines.join('\n')}`
}

function field(value: unknown, type: string): string {
  if (value === null || value === undefined) return ''
  const [, convert] = AS_TEXT.find(([pattern]) => pattern.test(type)) ?? []
  const plain = typeof value === 'object' ? withExactNumbers(JSON.stringify(value)) : unmarked(String(value))
  const text = convert ? convert(plain) : plain
  return text === '' || /[\s,"()\\]/.test(text) ? `"${text.replace(/["\\]/g, '$&$&')}"` : text
}
