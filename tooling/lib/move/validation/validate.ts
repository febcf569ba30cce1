import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import type pg from 'pg'
import { writeJson, writeText } from '../../files.ts'
import { rowCount, step, type Tick } from '../../output.ts'
import { withTransaction } from '../../postgres/database.ts'
import { requireMigrated } from '../../postgres/migrations.ts'
import { type SnapshotManifest, TOOL, verifySnapshot } from '../manifest.ts'
import { createRejectTally } from '../reject-tally.ts'
import { loadRejects } from '../rejects.ts'
import { findLayouts, type Layout } from '../source-columns.ts'
import { listColumns } from '../source-schema.ts'
import { NO_SNAPSHOT, openSource } from '../sqlite.ts'
import { POSTS, SNAPSHOTS, SPOT_CHECK } from '../tables.ts'
import { compareMetrics } from './compare-metrics.ts'
import { type Context, compareTable } from './compare-table.ts'
import { spotCheck } from './spot-check.ts'
import type { TableCounts, Validation } from './validation.ts'
import { validationPage } from './validation-page.ts'

export type ValidateOptions = {
  snapshot: string
  rejects: string
  /** Where validation.json and validation.html go. */
  out: string
  sample: number
  seed?: number | undefined
}

/**
 * Compares every row and every column of the source copy with Postgres, and the rows that are not there with the reject
 * file. Reads SQLite another way than the export does, and changes nothing in Postgres.
 */
export async function validate(options: ValidateOptions): Promise<Validation> {
  const { snapshot, rejects, out, sample, seed = randomInt(2 ** 31) } = options
  const source = openSource(snapshot, NO_SNAPSHOT)
  try {
    const manifest = await verifySnapshot(snapshot)
    const report = createReport(manifest, snapshot, seed)
    const layouts = findLayouts((table) => listColumns(source, table), snapshot)
    const tally = createRejectTally()
    await withTransaction(
      async (db) => {
        await loadRejects(db, rejects)
        await compareAll({ db, source, report, tally, rows: manifest.tables }, layouts, sample)
      },
      { unchanged: 'A validation changes nothing.', commit: false, isolation: 'repeatable read' },
    )
    report.rejects = tally.list()
    report.ok = report.checks.every(({ ok }) => ok)
    writeJson(join(out, 'validation.json'), report)
    writeText(join(out, 'validation.html'), validationPage(report))
    return report
  } finally {
    try {
      source.close()
    } catch {}
  }
}

function createReport({ snapshot, source, created_at, not_moved }: SnapshotManifest, file: string, seed: number) {
  const report: Validation = {
    tool: TOOL,
    validated_at: new Date().toISOString(),
    ok: false,
    snapshot: { file, sha256: snapshot.sha256, source: source.path, created_at },
    database: { host: '', port: 0, name: '', server: '' },
    checks: [],
    tables: {},
    differences: [],
    rejects: [],
    negative_zeros: 0,
    not_moved,
    sample: { seed, posts: [] },
    not_compared: {},
  }
  return report
}

async function compareAll(context: Context, layouts: readonly Layout[], sample: number): Promise<void> {
  const { db, source, report } = context
  await requireMigrated(db)
  await db.query("set local work_mem = '64MB'")
  report.database = await describeDatabase(db)
  for (const layout of layouts) {
    const total = context.rows[layout.table.source]
    await validating(layout.table.target, (tick) => compareTable(context, layout, (rows) => tick(rows, total)))
    if (layout.table !== POSTS) continue
    await validating(SNAPSHOTS.target, () => compareMetrics(context))
    const posts = await spotCheck(db, source, layout, sample, report.sample.seed)
    const same = posts.filter((post) => post.equal).length
    report.sample.posts = posts
    report.checks.push({
      title: `${posts.length} random posts, seed ${report.sample.seed}`,
      ok: same === posts.length,
      detail: `${same} equal in ${SPOT_CHECK.join(', ')}`,
    })
  }
}

function validating(target: string, work: (tick: Tick) => Promise<TableCounts>): Promise<TableCounts> {
  return step(['Validating', 'Validated'], target, work, ({ expected }) => rowCount(expected))
}

async function describeDatabase(db: pg.Client): Promise<Validation['database']> {
  const { rows } = await db.query(
    "select current_database() as name, 'PostgreSQL ' || current_setting('server_version') as server",
  )
  return { host: db.host, port: db.port, ...rows[0] }
}
