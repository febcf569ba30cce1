import type pg from 'pg'
import { count, countOf, type Tick } from '../../output.ts'
import type { RejectTally } from '../reject-tally.ts'
import { createRowRules } from '../row-rules.ts'
import type { Layout } from '../source-columns.ts'
import { readTypedRows } from '../source-rows.ts'
import type { Source } from '../sqlite.ts'
import { countNegativeZeros, createStage, excludeRows, fillStage, STAGE, type StageRow } from '../staging.ts'
import { POSTS } from '../tables.ts'
import { excludeDeleted, findUndeleted } from '../tombstones.ts'
import { compare } from './compare.ts'
import { compareRejects } from './compare-rejects.ts'
import type { Check, TableCounts, Validation } from './validation.ts'

export type Context = {
  db: pg.Client
  source: Source
  report: Validation
  tally: RejectTally
  /** Rows per table of the source. */
  rows: Record<string, number>
}

/** The posts of the source that can be moved: their reports and embeddings are not orphans, even if Postgres lacks the post. */
const SOURCE_POSTS = 'pg_temp.source_posts'

/** Compares one table of both sides, and its rejects; adds the results to the report. */
export async function compareTable(
  { db, source, report, tally }: Context,
  layout: Layout,
  tick: Tick,
): Promise<TableCounts> {
  const { table } = layout
  const read = await stageSource(db, source, layout, tick)
  const deleted = await excludeDeleted(db, table)
  await excludeRows(db, layout, SOURCE_POSTS)
  if (table.vector) report.negative_zeros += await countNegativeZeros(db)
  if (table === POSTS)
    await db.query(`create temp table source_posts on commit drop as select ${table.key} from ${STAGE}`)
  const rejects = await compareRejects(db, source, layout, tally)
  const columns = table.columns.map(({ name }) => name)
  const rows = await compare(db, { target: table.target, expected: STAGE, key: table.key, columns })

  const undeleted = new Set(await findUndeleted(db, table))
  for (const row of rows.named) if (undeleted.has(row.key)) row.kind = 'deleted, but in Postgres'
  report.differences.push(...rows.named, ...rejects.named)
  if (table.generatedColumns.length > 0) report.not_compared[table.target] = table.generatedColumns
  const checks: Check[] = [
    {
      title: 'row count',
      ok: rows.expected === rows.found,
      detail: `${count(read)} in SQLite - ${count(rejects.rejected)} rejected${deleted > 0 ? ` - ${count(deleted)} deleted` : ''} = ${count(rows.expected)}; ${count(rows.found)} in Postgres`,
    },
    {
      title: 'every row, every column',
      ok: rows.differences === 0,
      detail: `${columns.length} columns, ${count(rows.differences)} differences`,
    },
    {
      title: 'rejects',
      ok: rejects.differences === 0,
      detail:
        rejects.rejected === 0 && rejects.differences === 0
          ? 'none'
          : `${count(rejects.rejected)} rejected by the rules, ${count(rejects.differences)} do not match the reject file`,
    },
  ]
  if (deleted + undeleted.size > 0)
    checks.push({
      title: 'deleted on request',
      ok: undeleted.size === 0,
      detail: `${count(deleted)} in SQLite; ${undeleted.size === 0 ? 'none' : count(undeleted.size)} in Postgres`,
    })
  if (table.countBy) checks.push(await compareCounts(db, table.target, table.countBy))
  if (table.parent) {
    const lost = rows.named.filter(({ kind }) => kind !== 'changed').length
    const detail =
      lost === 0 ? `the same ${postsHave(rows.found)} one on both sides` : `${postsHave(lost)} one on one side only`
    checks.push({ title: 'continuity', ok: lost === 0, detail })
  }
  for (const check of checks) report.checks.push({ ...check, title: `${table.target}: ${check.title}` })

  const { expected, found } = rows
  const differences = rows.differences + rejects.differences
  report.tables[table.target] = { read, rejected: rejects.rejected, deleted, expected, found, differences }
  return report.tables[table.target]!
}

function postsHave(posts: number): string {
  return `${countOf(posts, 'post')} ${posts === 1 ? 'has' : 'have'}`
}

/** Fills the stage with the rows of the source, the rejected ones included, and returns how many there are. */
async function stageSource(db: pg.Client, source: Source, layout: Layout, tick: Tick): Promise<number> {
  const applyRules = createRowRules(layout)
  let read = 0
  async function* rows(): AsyncGenerator<StageRow> {
    for (const values of readTypedRows(source, layout)) {
      yield [++read, applyRules(values)]
      tick(read)
    }
  }
  await createStage(db, layout.table)
  await fillStage(db, layout.table, rows())
  return read
}

async function compareCounts(db: pg.Client, target: string, column: string): Promise<Check> {
  const counts = async (relation: string) => {
    const { rows } = await db.query(
      `select coalesce(${column}, 'none') as value, count(*)::int as rows from ${relation} group by 1 order by 1`,
    )
    return rows.map(({ value, rows }) => `${value} ${count(rows)}`).join(', ') || 'no rows'
  }
  const [sqlite, postgres] = [await counts(STAGE), await counts(`public.${target}`)]
  const ok = sqlite === postgres
  return {
    title: `rows per ${column}`,
    ok,
    detail: ok ? sqlite : `${sqlite} in SQLite; ${postgres} in Postgres`,
  }
}
