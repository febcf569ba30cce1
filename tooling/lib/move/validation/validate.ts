import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import type pg from 'pg'
import { writeJson, writeText } from '../../files.ts'
import { count, step } from '../../output.ts'
import { withTransaction } from '../../postgres/database.ts'
import { requireMigrated } from '../../postgres/migrations.ts'
import { createEncoder } from '../copy-lines.ts'
import { TOOL, verifySnapshot } from '../manifest.ts'
import { type Rejected, readRejects } from '../rejects.ts'
import type { RowReject } from '../row-rules.ts'
import { findLayouts, keyFields, type Layout } from '../source-columns.ts'
import { listColumns, NO_SNAPSHOT, openSource, readTypedRows, type Source } from '../sqlite.ts'
import { createStage, EXCLUDED, excludeRows, fillStage, STAGE } from '../staging.ts'
import { POSTS, SNAPSHOTS, SPOT_CHECK } from '../tables.ts'
import { type Comparison, compare, MAX_LISTED } from './compare.ts'
import { compareRejects } from './compare-rejects.ts'
import { spotCheck } from './spot-check.ts'
import type { Validation } from './validation.ts'
import { validationPage } from './validation-page.ts'

export type ValidateOptions = {
  snapshot: string
  rejects: string
  /** Where validation.json and validation.html go. */
  out: string
  sample: number
  seed?: number | undefined
}

/** The posts of the source that can be moved: their reports and embeddings are not orphans, even if Postgres lacks the post. */
const SOURCE_POSTS = 'pg_temp.source_posts'

type Context = { db: pg.Client; source: Source; rejects: Map<string, Map<number, Rejected>>; report: Validation }

/**
 * Compares every row and every column of the source copy with Postgres, and the rows that are not there with the reject
 * file. Reads SQLite another way than the export does, and changes nothing in Postgres.
 */
export async function validate(options: ValidateOptions): Promise<Validation> {
  const { snapshot, out, sample, seed = randomInt(2 ** 31) } = options
  const source = openSource(snapshot, NO_SNAPSHOT)
  try {
    const manifest = await verifySnapshot(snapshot)
    const report: Validation = {
      tool: TOOL,
      validated_at: new Date().toISOString(),
      ok: false,
      snapshot: {
        file: snapshot,
        sha256: manifest.snapshot.sha256,
        source: manifest.source.path,
        created_at: manifest.created_at,
      },
      database: { name: '', server: '' },
      checks: [],
      tables: {},
      differences: [],
      sample: { seed, posts: [] },
      not_compared: {},
    }
    const rejects = await readRejects(options.rejects)
    const layouts = findLayouts((table) => listColumns(source, table), snapshot)
    await withTransaction((db) => compareAll({ db, source, rejects, report }, layouts, sample), {
      unchanged: 'A validation changes nothing.',
      commit: false,
      isolation: 'repeatable read',
    })
    report.ok = report.checks.every(({ ok }) => ok)
    writeJson(join(out, 'validation.json'), report)
    writeText(join(out, 'validation.html'), validationPage(report))
    return report
  } finally {
    source.close()
  }
}

async function compareAll(context: Context, layouts: readonly Layout[], sample: number): Promise<void> {
  const { db, source, report } = context
  await requireMigrated(db)
  await db.query("set local work_mem = '64MB'")
  const { rows } = await db.query(
    "select current_database() as name, 'PostgreSQL ' || current_setting('server_version') as server",
  )
  report.database = rows[0]
  for (const layout of layouts) {
    const { target } = layout.table
    await step(
      ['Validating', 'Validated'],
      target,
      () => compareTable(context, layout),
      ({ expected }) => `${count(expected)} rows`,
    )
    if (layout.table !== POSTS) continue
    await step(
      ['Validating', 'Validated'],
      SNAPSHOTS.target,
      () => compareSnapshots(context),
      ({ expected }) => `${count(expected)} rows`,
    )
    report.sample.posts = await spotCheck(db, source, layout, sample, report.sample.seed)
    const same = report.sample.posts.filter((post) => post.equal).length
    add(
      report,
      `${report.sample.posts.length} random posts, seed ${report.sample.seed}`,
      same === report.sample.posts.length,
      `${same} equal in ${SPOT_CHECK.join(', ')}`,
    )
  }
}

async function compareTable({ db, source, rejects, report }: Context, layout: Layout): Promise<Comparison> {
  const { table } = layout
  const rejected = new Map<number, RowReject>()
  let read = 0
  const encode = createEncoder(layout)
  async function* rows(): AsyncGenerator<[number, string]> {
    for (const values of readTypedRows(source, layout)) {
      const row = encode(values)
      read++
      if (typeof row === 'string') yield [read, row]
      else rejected.set(read, row)
    }
  }
  await createStage(db, table)
  await fillStage(db, table, rows())
  await excludeRows(db, table, SOURCE_POSTS)
  const excluded = await db.query(`select line::int, reason from ${EXCLUDED}`)
  for (const { line, reason } of excluded.rows) rejected.set(line, { field: keyFields(layout), reason })
  if (table === POSTS)
    await db.query(`create temp table source_posts on commit drop as select ${table.key} from ${STAGE}`)
  const unlisted = compareRejects(source, table.source, rejected, rejects.get(table.source) ?? new Map())

  const columns = table.columns.map(({ name }) => name)
  const result = await compare(db, { target: table.target, expected: STAGE, key: table.key, columns })
  const differences = result.differences + unlisted.length
  report.tables[table.target] = {
    read,
    rejected: rejected.size,
    expected: result.expected,
    found: result.found,
    differences,
  }
  report.differences.push(...result.named, ...unlisted.slice(0, MAX_LISTED))
  if (table.generatedColumns.length > 0) report.not_compared[table.target] = table.generatedColumns

  add(
    report,
    `${table.target}: row count`,
    result.expected === result.found,
    `${count(read)} in SQLite - ${count(rejected.size)} rejected = ${count(result.expected)}; ${count(result.found)} in Postgres`,
  )
  add(
    report,
    `${table.target}: every row, every column`,
    result.differences === 0,
    `${columns.length} columns, ${count(result.differences)} differences`,
  )
  add(
    report,
    `${table.target}: rejects`,
    unlisted.length === 0,
    rejected.size === 0 && unlisted.length === 0
      ? 'none'
      : `${count(rejected.size)} rejected by the rules, ${count(unlisted.length)} do not match the reject file`,
  )
  if (table.countBy) await compareCounts(db, report, table.target, table.countBy)
  if (table.parent) {
    const lost = result.named.filter(({ kind }) => kind !== 'changed').length
    add(
      report,
      `${table.target}: continuity`,
      lost === 0,
      lost === 0
        ? `the same ${count(result.found)} posts have one on both sides`
        : `${count(lost)} posts have one on one side only`,
    )
  }
  return result
}

async function compareCounts(db: pg.Client, report: Validation, target: string, column: string): Promise<void> {
  const counts = async (relation: string) => {
    const { rows } = await db.query(
      `select coalesce(${column}, 'none') as value, count(*)::int as rows from ${relation} group by 1 order by 1`,
    )
    return rows.map(({ value, rows }) => `${value} ${count(rows)}`).join(', ') || 'no rows'
  }
  const [sqlite, postgres] = [await counts(STAGE), await counts(`public.${target}`)]
  add(
    report,
    `${target}: rows per ${column}`,
    sqlite === postgres,
    sqlite === postgres ? sqlite : `${sqlite} in SQLite; ${postgres} in Postgres`,
  )
}

/** Compares the derived metrics with the posts of the source. Older ones of earlier imports, and a collector's, may be there too. docs/rules.md#rule-9 */
async function compareSnapshots({ db, report }: Context): Promise<Comparison> {
  const { target, key, columns, types, history, appended, generatedColumns } = SNAPSHOTS
  // A table with statistics: with the bare union the planner would compare each row with each other row.
  const expected = 'pg_temp.derived'
  const derive = types.map((type) => SNAPSHOTS.derive(type, STAGE)).join(' union all ')
  await db.query(`create temp table derived on commit drop as ${derive}; analyze ${expected}`)
  const { type, source, at } = history
  const mustHaveSource = `(select snapshot.* from public.${target} snapshot left join ${STAGE} post using (status_id)
    where snapshot.source <> '${appended}' and not coalesce(
      snapshot.source = '${source}' and snapshot.snapshot_type = '${type}' and snapshot.snapshot_at < post.${at}, false))`
  const result = await compare(db, { target, expected, key, columns, mustHaveSource })
  report.tables[target] = {
    read: result.expected,
    rejected: 0,
    expected: result.expected,
    found: result.found,
    differences: result.differences,
  }
  report.differences.push(...result.named)
  report.not_compared[target] = generatedColumns
  add(
    report,
    `${target}: every derived row, every column`,
    result.differences === 0,
    `${count(result.expected)} derived, ${count(result.differences)} differences`,
  )
  return result
}

function add(report: Validation, title: string, ok: boolean, detail: string): void {
  report.checks.push({ title, ok, detail })
}
