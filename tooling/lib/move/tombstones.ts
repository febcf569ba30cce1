import type pg from 'pg'
import { Failure } from '../errors.ts'
import { count } from '../output.ts'
import { STAGE } from './staging.ts'
import { buryPosts, DELETED_AUTHORS, DELETED_POSTS, POSTS, type Table } from './tables.ts'

/** share: until the transaction ends, nothing is deleted on request; exclusive: nothing is stored, either. */
export async function lockTombstones(db: pg.Client, mode: 'share' | 'exclusive'): Promise<void> {
  await db.query(`lock table public.${DELETED_AUTHORS.table} in ${mode === 'share' ? 'row share' : 'exclusive'} mode`)
}

/** Before the tables are dropped: what was deleted on request would come back with the next import. */
export async function refuseTombstones(db: pg.Client): Promise<void> {
  const exist = await db.query(`select to_regclass('public.${DELETED_AUTHORS.table}') is not null as exist`)
  if (!exist.rows[0].exist) return
  const { rows } = await db.query(`
    select (select count(*)::int from public.${DELETED_AUTHORS.table})
      + (select count(*)::int from public.${DELETED_POSTS.table} where handle is null) as tombstones`)
  const [{ tombstones }] = rows
  if (tombstones === 0) return
  throw new Failure(
    `This database has ${tombstones === 1 ? '1 tombstone' : `${count(tombstones)} tombstones`}: what was deleted on request would come back.`,
    'Nothing was dropped. npm run rollback keeps them, npm run purge -- --list lists them, --forget-deletions drops them.',
  )
}

/** Removes from Postgres what has become a deleted author's: the handle of a post may change. */
export async function buryStaged(db: pg.Client, table: Table): Promise<void> {
  if (table === POSTS) await db.query(buryPosts(STAGE))
}

/** Removes from the stage what was deleted on request, and returns how many rows that are. docs/rules.md#rule-8 */
export async function excludeDeleted(db: pg.Client, { tombstones }: Table): Promise<number> {
  let deleted = 0
  for (const { table, key, column } of tombstones) {
    const { rowCount } = await db.query(
      `delete from ${STAGE} stage using public.${table} tombstone where stage.${column} = tombstone.${key}`,
    )
    deleted += rowCount ?? 0
  }
  return deleted
}

/** The keys of the rows in Postgres that have a tombstone, and so should not be there. */
export async function findUndeleted(db: pg.Client, { target, key, tombstones }: Table): Promise<string[]> {
  const selects = tombstones.map(
    ({ table, key: value, column }) =>
      `select post.${key.join()} as key from public.${target} post join public.${table} tombstone on post.${column} = tombstone.${value}`,
  )
  if (selects.length === 0) return []
  return (await db.query(selects.join(' union '))).rows.map(({ key }) => key)
}
