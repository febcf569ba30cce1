import type pg from 'pg'
import { equal } from '../staging.ts'

/** One difference between the two sides: a missing row, a row without a source, a changed cell, a wrong reject record. */
export type Difference = {
  table: string
  key: string
  kind:
    | 'missing in Postgres'
    | 'not in SQLite'
    | 'deleted, but in Postgres'
    | 'changed'
    | 'not in the reject file'
    | 'wrong in the reject file'
  field?: string
  sqlite?: string | null
  postgres?: string | null
}

/** How many of a kind are listed per table; all of them are counted. */
export const MAX_LISTED = 1_000
/** Longer values are cut in the lists. */
export const MAX_LISTED_LENGTH = 10_000

export type Comparison = { expected: number; found: number; differences: number; named: Difference[] }

export type Sides = {
  /** The table in Postgres, schema public. */
  target: string
  /** The relation with the rows that should be there. */
  expected: string
  key: readonly string[]
  columns: readonly string[]
  /** The relation with the rows of the target that must have a source; by default all of them. */
  mustHaveSource?: string
}

/** Compares every row and every column inside Postgres, by its own equality; NULL, '' and 0 are all different. */
export async function compare(db: pg.Client, sides: Sides): Promise<Comparison> {
  const { target, expected, mustHaveSource = `public.${target}` } = sides
  const [counts, missing, extra, changed] = [
    await db.query(`select (select count(*)::int from ${expected} s) as expected,
      (select count(*)::int from ${mustHaveSource} sourced) as found`),
    await unmatched(db, sides, `${expected} here`, `public.${target} there`),
    await unmatched(db, sides, `${mustHaveSource} here`, `${expected} there`),
    await changedCells(db, sides),
  ]
  const name = (kind: Difference['kind']) => (row: object) => ({ table: target, kind, ...row }) as Difference
  const named = [
    ...missing.map(name('missing in Postgres')),
    ...extra.map(name('not in SQLite')),
    ...changed.map(name('changed')),
  ]
  const all = [missing, extra, changed].reduce((sum, rows) => sum + (rows[0]?.all ?? 0), 0)
  return {
    ...counts.rows[0],
    differences: all,
    named: named.map(({ all: _, ...difference }: Difference & { all?: number }) => difference),
  }
}

type Row = { key: string; all: number }

async function unmatched(db: pg.Client, { key }: Sides, here: string, there: string): Promise<Row[]> {
  const { rows } = await db.query(`
    select ${keyText(key, 'here')} as key, count(*) over ()::int as all
    from ${here} where not exists (select from ${there} where ${equal(key, 'here', 'there')})
    order by 1 limit ${MAX_LISTED}`)
  return rows
}

/** Finds the rows that differ, and only then compares their cells. */
async function changedCells(db: pg.Client, { target, expected, key, columns }: Sides): Promise<Row[]> {
  const values = columns.filter((name) => !key.includes(name))
  const cells = values.map(
    (name) =>
      `('${name}', left(s.${name}::text, ${MAX_LISTED_LENGTH}), left(t.${name}::text, ${MAX_LISTED_LENGTH}), s.${name} is distinct from t.${name})`,
  )
  const row = (alias: string) => `(${values.map((name) => `${alias}.${name}`).join(', ')})`
  const { rows } = await db.query(`
    select ${keyText(key, 's')} as key, cell.field, cell.sqlite, cell.postgres, count(*) over ()::int as all
    from ${expected} s
    join public.${target} t on ${equal(key, 's', 't')}
    cross join lateral (values ${cells.join(', ')}) cell (field, sqlite, postgres, differs)
    where ${row('s')} is distinct from ${row('t')} and cell.differs
    order by 1, 2 limit ${MAX_LISTED}`)
  return rows
}

function keyText(key: readonly string[], alias: string): string {
  return key.map((name) => `${alias}.${name}::text`).join(` || ' ' || `)
}
