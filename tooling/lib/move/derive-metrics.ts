import type pg from 'pg'
import { rowCount, step } from '../output.ts'
import { type Merged, merge, STAGE } from './staging.ts'
import { POSTS, SNAPSHOTS } from './tables.ts'

/** Only for the posts in the stage: the source says nothing about others. */
export async function removeOutdatedMetrics(db: pg.Client): Promise<number> {
  const { target, outdated } = SNAPSHOTS
  const { rowCount } = await db.query(`
    delete from public.${target} snapshot using ${STAGE} post
    where snapshot.status_id = post.status_id and ${outdated('snapshot', 'post')}`)
  return rowCount ?? 0
}

/** Updates what an earlier import derived; what a collector appended stays. docs/rules.md#rule-9 */
export function deriveMetrics(db: pg.Client, type: string): Promise<Merged> {
  return step(
    ['Deriving', 'Derived'],
    `metric history, ${type}`,
    () => {
      const { target, key, columns, history, derive } = SNAPSHOTS
      const from = `(${derive(type, `public.${POSTS.target}`)})`
      return merge(db, { target, key, columns, from, only: `source = '${history.source}'` })
    },
    ({ inserted, updated, unchanged }) => rowCount(inserted + updated + unchanged),
  )
}
