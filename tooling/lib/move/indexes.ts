import type pg from 'pg'
import { step } from '../output.ts'

/**
 * The indexes and foreign keys of the tables, each with the statements that drop and create it. Not the primary keys:
 * they refuse duplicates at any moment, and views may depend on them. Nor what is more than its definition: it has
 * a tablespace, a comment, or a mark for replication or CLUSTER.
 */
const DEFINITIONS = `
  select
    format('alter table %s drop constraint %I', conrelid::regclass, conname) as drop,
    format('alter table %s add constraint %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) as create
  from pg_constraint
  where conrelid = any ($1::regclass[]) and contype = 'f' and obj_description(oid, 'pg_constraint') is null
  union all
  select
    format('drop index %s', indexrelid::regclass),
    concat_ws(
      ';',
      pg_get_indexdef(indexrelid),
      (
        select string_agg(
          format('alter index %s alter column %s set statistics %s', indexrelid::regclass, attnum, attstattarget), ';')
        from pg_attribute
        where attrelid = indexrelid and attstattarget >= 0
      )
    )
  from pg_index
  join pg_class index on index.oid = indexrelid
  where
    indrelid = any ($1::regclass[])
    and not exists (select from pg_constraint where conindid = indexrelid)
    and not indisreplident
    and not indisclustered
    and index.reltablespace = 0
    and obj_description(indexrelid, 'pg_class') is null`

/**
 * Drops the indexes and foreign keys of these tables and returns what creates them again: for a table that is filled
 * from empty, that takes a fraction of the time in which they are kept up to date row by row.
 */
export async function dropIndexes(db: pg.Client, tables: readonly string[]): Promise<() => Promise<void>> {
  const { rows } = await db.query(DEFINITIONS, [tables])
  const run = (kind: 'drop' | 'create') => db.query(rows.map((definition) => definition[kind]).join(';'))
  await run('drop')
  return () =>
    step(['Building', 'Built'], 'indexes', async () => {
      await run('create')
    })
}

/** Whether the tables are empty. Their owner may also have lost the right to create anything. */
export async function canRebuild(db: pg.Client, tables: readonly string[]): Promise<boolean> {
  const isEmpty = tables.map((table) => `not exists (select from ${table})`)
  const { rows } = await db.query(`select ${isEmpty.join(' and ')} and has_schema_privilege('public', 'create') as can`)
  return rows[0].can
}
