import type pg from 'pg'
import { copyIn } from '../postgres/copy.ts'
import { encodeLine } from './copy-lines.ts'
import type { RowReject } from './row-rules.ts'
import { keyFields, type Layout } from './source-columns.ts'
import type { Table } from './tables.ts'
import { hasNegativeZero } from './values.ts'

/** The source rows of one table, each with its line, until they are merged or compared. */
export const STAGE = 'pg_temp.stage'
/** The rejected lines, with the reason, among them those that only Postgres can tell: superseded lines and orphans. */
export const EXCLUDED = 'pg_temp.excluded'

const COPY_BYTES = 1 << 16

/** A row for the stage: the fields of a row that can be moved, or why it cannot. */
export type StageRow = [line: number, row: (string | null)[] | RowReject]

/** Creates both tables, empty, for the rows of this table; they are dropped at the end of the transaction. */
export async function createStage(db: pg.Client, table: Table): Promise<void> {
  await db.query(`
    drop table if exists ${STAGE}, ${EXCLUDED};
    create temp table stage on commit drop as
      select 0::bigint as line, null::json as reject, false as negative_zero, ${names(table)}
      from public.${table.target} with no data;
    create temp table excluded (line bigint, field text, reason text, kind text) on commit drop`)
  // Compressing a long vector twice, here and in its table, costs more than writing it uncompressed.
  if (table.vector) await db.query(`alter table ${STAGE} alter ${table.vector.column} set storage external`)
}

/** Copies the rows into the stage, and the rejected ones among them from there to EXCLUDED. */
export async function fillStage(db: pg.Client, table: Table, rows: AsyncIterable<StageRow>): Promise<void> {
  const nothing = table.columns.map(() => null)
  const vector = table.columns.findIndex(({ name }) => name === table.vector?.column)
  let rejected = 0
  async function* pieces(): AsyncGenerator<string> {
    let piece = ''
    for await (const [line, row] of rows) {
      if (Array.isArray(row)) {
        piece += `${line}\t\\N\t${vector >= 0 && hasNegativeZero(row[vector]!)}\t${encodeLine(row)}`
      } else {
        piece += encodeLine([String(line), JSON.stringify(row), null, ...nothing])
        rejected++
      }
      if (piece.length < COPY_BYTES) continue
      yield piece
      piece = ''
    }
    if (piece) yield piece
  }
  await copyIn(db, `copy ${STAGE} (line, reject, negative_zero, ${names(table)}) from stdin`, pieces())
  if (rejected > 0)
    await db.query(`
      with gone as (delete from ${STAGE} where reject is not null returning line, reject)
      insert into ${EXCLUDED} select line, reject->>'field', reject->>'reason', reject->>'kind' from gone`)
  await db.query(`analyze ${STAGE} (line, ${table.key.join(', ')})`)
}

/**
 * Moves superseded lines and orphans from the stage to EXCLUDED and returns how many. A row is an orphan when neither
 * the parent table nor `parents`, a relation with the same key, has its key.
 */
export async function excludeRows(db: pg.Client, layout: Layout, parents?: string): Promise<number> {
  const { table } = layout
  const key = table.key.join(', ')
  const field = keyFields(layout)
  const superseded = await db.query(
    `with winner as (
      select ${key}, max(line) as line from ${STAGE} group by ${key} having count(*) > 1
    ), gone as (
      delete from ${STAGE} stage using winner
      where ${equal(table.key, 'stage', 'winner')} and stage.line < winner.line
      returning stage.line, winner.line as by
    )
    insert into ${EXCLUDED} select line, $1, 'superseded by line ' || by, 'superseded by a later line' from gone`,
    [field],
  )
  if (!table.parent) return superseded.rowCount ?? 0
  const { target, key: parent, orphan } = table.parent
  const lacks = [`public.${target}`, ...(parents ? [parents] : [])].map(
    (place) => `not exists (select from ${place} parent where parent.${parent} = stage.${parent})`,
  )
  const orphans = await db.query(
    `with gone as (
      delete from ${STAGE} stage
      where ${lacks.join(' and ')}
      returning line
    )
    insert into ${EXCLUDED} select line, $1, $2, $2 from gone`,
    [field, orphan],
  )
  return (superseded.rowCount ?? 0) + (orphans.rowCount ?? 0)
}

/** Vectors of the stage with a negative zero, whose sign Postgres does not keep: docs/rules.md#rule-8. */
export async function countNegativeZeros(db: pg.Client): Promise<number> {
  const { rows } = await db.query(`select count(*)::int as rows from ${STAGE} where negative_zero`)
  return rows[0].rows
}

export type Merged = { inserted: number; updated: number; unchanged: number }

export type Merge = {
  /** The table in schema public, its key, and the columns to compare and write. */
  target: string
  key: readonly string[]
  columns: readonly string[]
  /** Set to now() where a row changes. */
  touchedColumn?: string | undefined
  /** Set to null where a row changes. */
  clearedColumn?: string | undefined
  /** The relation with the new rows. */
  from: string
  /** A condition on the rows that may be updated. */
  only?: string
}

/** Merges the stage into its table. */
export function mergeStage(db: pg.Client, table: Table): Promise<Merged> {
  return merge(db, {
    target: table.target,
    key: table.key,
    columns: table.columns.map(({ name }) => name),
    touchedColumn: table.touchedColumn,
    clearedColumn: table.clearedColumn,
    from: STAGE,
  })
}

/**
 * Updates rows that differ and inserts new ones, set-based. Equal rows are not touched at all (INSERT ... ON CONFLICT
 * would lock them, which writes them): one pass over both sides tells whether there is anything to write.
 */
export async function merge(
  db: pg.Client,
  { target, key, columns, touchedColumn, clearedColumn, from, only }: Merge,
): Promise<Merged> {
  const values = columns.filter((name) => !key.includes(name))
  const same = equal(key, 'old', 'new')
  const differs = `(${list(values, 'old')}) is distinct from (${list(values, 'new')})${only ? ` and old.${only}` : ''}`
  const { rows } = await db.query(`
    select
      count(*)::int as all,
      count(*) filter (where old.${key[0]} is null)::int as inserted,
      count(*) filter (where old.${key[0]} is not null and ${differs})::int as updated
    from ${from} new left join public.${target} old on ${same}`)
  const { all, inserted, updated } = rows[0]
  if (updated > 0)
    await db.query(`
      update public.${target} old set (${values.join(', ')}) = row(${list(values, 'new')})
        ${touchedColumn ? `, ${touchedColumn} = now()` : ''} ${clearedColumn ? `, ${clearedColumn} = null` : ''}
      from ${from} new
      where ${same} and ${differs}`)
  if (inserted > 0) {
    // If all are new, there is nothing to look up. In a table that was empty when it was last vacuumed, the planner would
    // look by reading it for each row, with all that were inserted before.
    await db.query(`
      insert into public.${target} (${columns.join(', ')})
      select ${list(columns, 'new')} from ${from} new
      ${inserted < all ? `where not exists (select from public.${target} old where ${same})` : ''}`)
    await refreshStatistics(db, target, key)
  }
  return { inserted, updated, unchanged: all - inserted - updated }
}

/** Does what autovacuum would do minutes later, and cannot do before the commit. */
async function refreshStatistics(db: pg.Client, target: string, key: readonly string[]): Promise<void> {
  // Until a GIN index has merged its pending entries, each search reads all of them.
  await db.query(
    `select gin_clean_pending_list(index.oid) from pg_index
    join pg_class index on index.oid = indexrelid join pg_am on pg_am.oid = index.relam
    where indrelid = $1::regclass and amname = 'gin'`,
    [`public.${target}`],
  )
  // Autovacuum may have seen the table empty, before the commit; the planner would then check each foreign key by reading
  // the whole table. Statistics of the key prevent that; autovacuum collects the rest.
  await db.query(`analyze public.${target} (${key.join(', ')})`)
}

function names(table: Table): string {
  return table.columns.map(({ name }) => name).join(', ')
}

function list(columns: readonly string[], alias: string): string {
  return columns.map((name) => `${alias}.${name}`).join(', ')
}

export function equal(columns: readonly string[], left: string, right: string): string {
  return columns.map((name) => `${left}.${name} = ${right}.${name}`).join(' and ')
}
