import type pg from 'pg'
import { Failure } from '../errors.ts'
import { withTransaction } from '../postgres/database.ts'
import { requireMigrated } from '../postgres/migrations.ts'
import { DELETED_AUTHORS, DELETED_POSTS, POSTS, SNAPSHOTS, TABLES, type Table } from './tables.ts'
import { lockTombstones } from './tombstones.ts'
import { handle, key, Reject } from './values.ts'

/** A post or an author, as it is stored. */
export type Subject = { kind: 'status_id' | 'handle'; value: string }

export type Purge = {
  subject: Subject
  /** false: nothing was changed, the rest says what would be. */
  confirmed: boolean
  /** Per table, the rows that belong to it. */
  rows: Record<string, number>
}

const LOCK_WAIT = '10s'

/** As the rules of the move write a handle or an id. */
export function readSubject(kind: Subject['kind'], given: string): Subject {
  const value = (kind === 'handle' ? handle : key)(given)
  if (typeof value === 'string') return { kind, value }
  const flag = kind === 'handle' ? '--handle' : '--status-id'
  throw new Failure(
    `Invalid ${flag} '${given}': ${value instanceof Reject ? value.kind : 'empty'}.`,
    `Correct ${flag}.`,
    2,
  )
}

/** Deletes a post, or an author with all posts, and leaves a tombstone. docs/rules.md#rule-8 */
export function purge(subject: Subject, reason: string | undefined, confirmed: boolean): Promise<Purge> {
  return inTransaction(confirmed, async (db) => {
    const rows = await countRows(db, subject)
    const item = { [subject.kind]: subject.value, ...(reason !== undefined && { reason }) }
    if (confirmed) await db.query('select api.ingest_deletions($1)', [JSON.stringify({ items: [item] })])
    return { subject, confirmed, rows }
  })
}

/** Lifts a tombstone: what is sent or imported later is stored again. */
export function liftTombstone(subject: Subject, confirmed: boolean): Promise<Purge> {
  const { table, key } = subject.kind === 'handle' ? DELETED_AUTHORS : DELETED_POSTS
  return inTransaction(confirmed, async (db) => {
    const { rows } = await db.query(`select * from public.${table} where ${key} = $1`, [subject.value])
    if (rows.length === 0)
      throw new Failure(`${subject.value} has no tombstone.`, 'List all of them: npm run purge -- --list')
    if (subject.kind === 'status_id' && rows[0].handle !== null)
      throw new Failure(
        `${subject.value} was deleted with its author, ${rows[0].handle}.`,
        `Lift the author's tombstone: npm run purge -- --handle ${rows[0].handle} --undo`,
      )
    if (confirmed) await db.query(`delete from public.${table} where ${key} = $1`, [subject.value])
    return { subject, confirmed, rows: {} }
  })
}

export type Tombstone = { handle: string | null; status_id: string | null; deleted_at: Date; reason: string | null }

/** All tombstones, but for those of posts that went with their author. */
export async function listTombstones(): Promise<Tombstone[]> {
  return inTransaction(false, async (db) => {
    const { rows } = await db.query<Tombstone>(`
      select handle, null as status_id, deleted_at, reason from public.${DELETED_AUTHORS.table}
      union all
      select null, status_id, deleted_at, reason from public.${DELETED_POSTS.table} where handle is null
      order by deleted_at, handle, status_id`)
    return rows
  })
}

function inTransaction<T>(commit: boolean, work: (db: pg.Client) => Promise<T>): Promise<T> {
  return withTransaction(
    async (db) => {
      await requireMigrated(db)
      await db.query(`set local lock_timeout = '${LOCK_WAIT}'`)
      if (commit) await lockTombstones(db, 'exclusive')
      return work(db)
    },
    { commit, unchanged: 'Nothing was deleted.' },
  )
}

/** Of the post or the author: their posts, what refers to these, and the account on the watchlist. */
async function countRows(db: pg.Client, { kind, value }: Subject): Promise<Record<string, number>> {
  const columnOf = ({ tombstones }: Table) => tombstones.find(({ key }) => key === kind)?.column
  const [id] = POSTS.key
  const ofPosts = `${id} in (select ${id} from public.${POSTS.target} where ${columnOf(POSTS)} = $1)`
  const conditions = TABLES.flatMap((table): [string, string][] => {
    const column = columnOf(table)
    return table.parent ? [[table.target, ofPosts]] : column ? [[table.target, `${column} = $1`]] : []
  })
  conditions.push([SNAPSHOTS.target, ofPosts])
  const counts = conditions.map(
    ([table, condition]) => `(select count(*)::int from public.${table} where ${condition}) as ${table}`,
  )
  return (await db.query(`select ${counts.join(', ')}`, [value])).rows[0]
}
