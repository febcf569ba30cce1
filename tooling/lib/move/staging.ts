import { once } from 'node:events'
import type pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import type { Table } from './tables.ts'

/** Where the rows of one table wait, with their line, before they are compared with what is there. */
export const STAGE = 'pg_temp.stage'
/** The lines that only Postgres could tell are not moved: an earlier one of the same key, an orphan. */
export const LEFT_OUT = 'pg_temp.left_out'

const COPY_BYTES = 1 << 16

/** Makes the two empty tables for this table's rows; they go with the transaction. */
export async function createStage(db: pg.Client, table: Table): Promise<void> {
  await db.query(`
    drop table if exists ${STAGE}, ${LEFT_OUT};
    create temp table stage on commit drop as
      select 0::bigint as line, ${names(table)} from public.${table.target} with no data;
    create temp table left_out (line bigint, reason text) on commit drop`)
  // A vector is long: compressing it twice, here and in its table, would cost more than writing it out.
  if (table.vector) await db.query(`alter table ${STAGE} alter ${table.vector.column} set storage external`)
}

/** Copies rows, each a line of COPY's text format without its line number, into the stage; gives how many. */
export async function fillStage(
  db: pg.Client,
  table: Table,
  rows: AsyncIterable<[line: number, row: string]>,
): Promise<number> {
  const copy = db.query(copyFrom(`copy ${STAGE} (line, ${names(table)}) from stdin`))
  const failed = once(copy, 'error').then(([error]) => Promise.reject(error))
  failed.catch(() => {})
  let count = 0
  let waiting = ''
  try {
    for await (const [line, row] of rows) {
      waiting += `${line}\t${row}`
      count++
      if (waiting.length > COPY_BYTES) {
        if (!copy.write(waiting)) await Promise.race([once(copy, 'drain'), failed])
        waiting = ''
      }
    }
  } catch (error) {
    copy.destroy(error as Error)
    throw error
  }
  copy.end(waiting)
  await Promise.race([once(copy, 'finish'), failed])
  await db.query(`analyze ${STAGE} (line, ${table.key.join(', ')})`)
  return count
}

/**
 * Takes earlier lines of the same key, and rows without their post, out of the stage into LEFT_OUT. A post is one of
 * Postgres, or of `parents`, a relation with that key.
 */
export async function leaveOut(db: pg.Client, table: Table, parents?: string): Promise<number> {
  const key = table.key.join(', ')
  const superseded = await db.query(`
    with winner as (
      select ${key}, max(line) as line from ${STAGE} group by ${key} having count(*) > 1
    ), gone as (
      delete from ${STAGE} stage using winner
      where ${equal(table.key, 'stage', 'winner')} and stage.line < winner.line
      returning stage.line, winner.line as by
    )
    insert into ${LEFT_OUT} select line, 'superseded by line ' || by from gone`)
  if (!table.parent) return superseded.rowCount ?? 0
  const { target, key: parent } = table.parent
  const lacks = [`public.${target}`, ...(parents ? [parents] : [])].map(
    (place) => `not exists (select from ${place} parent where parent.${parent} = stage.${parent})`,
  )
  const orphans = await db.query(`
    with gone as (
      delete from ${STAGE} stage
      where ${lacks.join(' and ')}
      returning line
    )
    insert into ${LEFT_OUT} select line, 'no row of ${target} has this ${parent}' from gone`)
  return (superseded.rowCount ?? 0) + (orphans.rowCount ?? 0)
}

export type Merged = { inserted: number; updated: number }

export type Merge = {
  /** The table, in schema public, its key and the columns that are compared and written. */
  target: string
  key: readonly string[]
  columns: readonly string[]
  /** Set to now() where a row changes. */
  touch?: string | undefined
  /** The relation that has the new rows. */
  from: string
  /** Which rows may be updated. */
  only?: string
}

/** Brings the stage's rows into their table. */
export function mergeStage(db: pg.Client, table: Table): Promise<Merged> {
  return merge(db, {
    target: table.target,
    key: table.key,
    columns: table.columns.map(({ name }) => name),
    touch: table.touch,
    from: STAGE,
  })
}

/**
 * Updates what differs and inserts what is new, set-based; a row that is equal is not touched at all (INSERT ... ON
 * CONFLICT would lock and so write it).
 */
export async function merge(db: pg.Client, { target, key, columns, touch, from, only }: Merge): Promise<Merged> {
  const values = columns.filter((name) => !key.includes(name))
  const changed = `(${list(values, 'old')}) is distinct from (${list(values, 'new')})`
  const updated = await db.query(`
    update public.${target} old set (${values.join(', ')}) = row(${list(values, 'new')})${touch ? `, ${touch} = now()` : ''}
    from ${from} new
    where ${equal(key, 'old', 'new')} and ${changed}${only ? ` and old.${only}` : ''}`)
  const inserted = await db.query(`
    insert into public.${target} (${columns.join(', ')})
    select ${list(columns, 'new')} from ${from} new
    where not exists (select from public.${target} old where ${equal(key, 'old', 'new')})`)
  if (inserted.rowCount) await settle(db, target, key)
  return { inserted: inserted.rowCount ?? 0, updated: updated.rowCount ?? 0 }
}

/** What autovacuum would do some minutes later, and cannot do before the commit. */
async function settle(db: pg.Client, target: string, key: readonly string[]): Promise<void> {
  // The rows that a GIN index has only noted yet: until they are merged in, each search reads all of them.
  await db.query(
    `select gin_clean_pending_list(index.oid) from pg_index
    join pg_class index on index.oid = indexrelid join pg_am on pg_am.oid = index.relam
    where indrelid = $1::regclass and amname = 'gin'`,
    [`public.${target}`],
  )
  // Else the planner may believe what autovacuum saw before the commit, an empty table, and check each foreign key by
  // reading all of it. The key is enough for that, and leaves the rest of the statistics for autovacuum to make.
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
