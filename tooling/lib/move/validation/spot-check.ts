import type pg from 'pg'
import type { Layout } from '../source-columns.ts'
import { readTypedRows } from '../source-rows.ts'
import type { Source } from '../sqlite.ts'
import { Blob, describe, InvalidText, Real, type SqlValue, TooLong } from '../sqlite-values.ts'
import { STAGE } from '../staging.ts'
import { SPOT_CHECK } from '../tables.ts'
import type { Validation } from './validation.ts'

/** Random posts for a person to look at, as SQLite wrote them and as Postgres returns them; the same seed chooses the same posts. docs/rules.md#spot-checks */
export async function spotCheck(
  db: pg.Client,
  source: Source,
  layout: Layout,
  size: number,
  seed: number,
): Promise<Validation['sample']['posts']> {
  const { table } = layout
  const key = table.key[0]!
  const same = SPOT_CHECK.map((name) => `s.${name} is not distinct from t.${name}`).join(' and ')
  const { rows } = await db.query(
    `select s.line::int, s.${key} as id, t.${key} is not null and ${same} as equal,
      ${SPOT_CHECK.map((name) => `t.${name}::text`).join(', ')}
    from ${STAGE} s left join public.${table.target} t using (${key})
    order by md5($1 || s.${key}) limit ${size}`,
    [String(seed)],
  )
  const written = readSource(source, layout, new Set(rows.map(({ line }) => line)))
  return rows.map(({ line, id, equal, ...postgres }) => ({
    status_id: id,
    equal,
    cells: SPOT_CHECK.map((field) => ({ field, sqlite: written.get(line)![field]!, postgres: postgres[field] })),
  }))
}

function readSource(source: Source, whole: Layout, lines: Set<number>): Map<number, Record<string, string | null>> {
  const { table } = whole
  const layout = {
    ...whole,
    sources: whole.sources.map((name, index) => (SPOT_CHECK.includes(table.columns[index]!.name) ? name : undefined)),
  }
  const names = table.columns.filter((_, index) => layout.sources[index]).map(({ name }) => name)
  const found = new Map<number, Record<string, string | null>>()
  let line = 0
  for (const values of readTypedRows(source, layout)) {
    if (found.size === lines.size) break
    line++
    if (lines.has(line)) found.set(line, Object.fromEntries(names.map((name, index) => [name, format(values[index]!)])))
  }
  return found
}

function format(value: SqlValue): string | null {
  if (value === null) return null
  if (value instanceof Real) return value.text
  if (value instanceof TooLong) return describe(value)
  return value instanceof Blob || value instanceof InvalidText ? value.hex : String(value)
}
