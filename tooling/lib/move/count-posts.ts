import type pg from 'pg'

/** The tables whose triggers keep public.post_buckets. */
const COUNTED = ['posts', 'reports']

/**
 * Disables the triggers that count posts, until this transaction ends or they are resumed: counting all posts once is faster
 * than counting those of each statement. The transaction has to keep other writers out.
 */
export function pauseCounting(db: pg.Client): Promise<void> {
  return switchTriggers(db, 'disable')
}

/** Enables the triggers again, and counts all posts if this transaction changed any. */
export async function resumeCounting(db: pg.Client): Promise<void> {
  await switchTriggers(db, 'enable')
  await db.query(
    `select public.rebuild_post_buckets()
    where
      not current_setting('track_counts')::boolean
      or exists (
        select from pg_stat_xact_user_tables
        where schemaname = 'public' and relname = any ($1) and n_tup_ins + n_tup_upd + n_tup_del > 0
      )`,
    [COUNTED],
  )
}

/** Not all triggers: an operator's own have to see each row. */
async function switchTriggers(db: pg.Client, to: 'enable' | 'disable'): Promise<void> {
  const { rows } = await db.query(`
    select format('alter table %s ${to} trigger %I', tgrelid::regclass, tgname) as statement
    from pg_trigger where tgfoid = 'public.count_posts'::regproc`)
  await db.query(rows.map(({ statement }) => statement).join(';'))
}
