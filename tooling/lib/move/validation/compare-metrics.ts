import { count } from '../../output.ts'
import { STAGE } from '../staging.ts'
import { SNAPSHOTS } from '../tables.ts'
import { compare } from './compare.ts'
import type { Context } from './compare-table.ts'
import type { TableCounts } from './validation.ts'

/**
 * Compares the derived metrics with the posts of the source, while those are in the stage. Older ones of earlier
 * imports, and a collector's, may be there too. docs/rules.md#rule-9
 */
export async function compareMetrics({ db, report }: Context): Promise<TableCounts> {
  const { target, key, columns, types, history, appended, generatedColumns } = SNAPSHOTS
  // A table with statistics: with the bare union the planner would compare each row with each other row.
  const derived = 'pg_temp.derived'
  const derive = types.map((type) => SNAPSHOTS.derive(type, STAGE)).join(' union all ')
  await db.query(`create temp table derived on commit drop as ${derive}; analyze ${derived}`)
  const { type, source, at } = history
  const mustHaveSource = `(select snapshot.* from public.${target} snapshot left join ${STAGE} post using (status_id)
    where snapshot.source <> '${appended}' and not coalesce(
      snapshot.source = '${source}' and snapshot.snapshot_type = '${type}' and snapshot.snapshot_at < post.${at}, false))`
  const { expected, found, differences, named } = await compare(db, {
    target,
    expected: derived,
    key,
    columns,
    mustHaveSource,
  })
  report.differences.push(...named)
  report.not_compared[target] = generatedColumns
  report.checks.push({
    title: `${target}: every derived row, every column`,
    ok: differences === 0,
    detail: `${count(expected)} derived, ${count(differences)} differences`,
  })
  report.tables[target] = { read: expected, rejected: 0, deleted: 0, expected, found, differences }
  return report.tables[target]!
}
