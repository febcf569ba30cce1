import type { Table } from '../move/tables.ts'
import type { Fields } from './digest.ts'

/** A row as the API's calls take it, without what Postgres computes. Every value is text, except for a vector, which is JSON already. */
export function writeItem({ columns }: Table, fields: Fields): string {
  const pairs = columns.flatMap(({ name, rule, computed }, index) => {
    if (computed) return []
    const field = fields[index]!
    return `${JSON.stringify(name)}:${rule.type === 'vector' && field !== null ? field : JSON.stringify(field)}`
  })
  return `{${pairs.join()}}`
}
