import { join } from 'node:path'
import type pg from 'pg'
import { Failure } from '../errors.ts'
import { createAtomicFile } from '../files.ts'
import { count, rowCount } from '../output.ts'
import { withTransaction } from '../postgres/database.ts'
import { requireMigrated } from '../postgres/migrations.ts'
import { pauseCounting, resumeCounting } from './count-posts.ts'
import { deriveMetrics, removeOutdatedMetrics } from './derive-metrics.ts'
import { type Counts, importTable } from './import-table.ts'
import { canRebuild, dropIndexes } from './indexes.ts'
import { verifyExport } from './manifest.ts'
import { createRejectTally, type RejectCount, reasonLines } from './reject-tally.ts'
import { findLayouts } from './source-columns.ts'
import type { Merged } from './staging.ts'
import { POSTS, SNAPSHOTS, TABLES, TARGET_TABLES } from './tables.ts'
import { lockTombstones } from './tombstones.ts'
import { vacuum } from './vacuum.ts'

export type ImportReport = {
  dry_run: boolean
  /** Per table of Postgres. */
  tables: Record<string, Counts>
  /** Removed metrics that an earlier import derived from an instant which the source has corrected since. */
  outdated: number
  /** Derived rows per type of metrics. */
  snapshots: Record<string, Merged>
  rejected: number
  rejects: string
  reasons: RejectCount[]
  /** Vectors with a negative zero, whose sign Postgres does not keep: docs/rules.md#rule-8. */
  negative_zeros: number
}

export type ImportOptions = {
  folder: string
  rejects: string
  /** Does everything but the commit. */
  dryRun?: boolean
  /** Commits nothing when a row is rejected. */
  strict?: boolean
  /** Commits even when every row of a table is rejected. */
  allowRejectedTables?: boolean
}

/** The advisory lock that lets one import run at a time: 'xmonitor' in ASCII. */
const LOCK = 0x786d6f6e69746f72n
/** A killed import releases its lock within a second or two. */
const LOCK_WAIT = '5s'
/** Memory to sort and hash, and for pending GIN entries: merging them in a few large batches halves their cost. */
const BULK = ["work_mem = '64MB'", "gin_pending_list_limit = '64MB'"]
/** An asynchronous commit may be lost after the import has reported it, and its rows cannot be marked as visible yet. */
const DURABLE = `
  select set_config('synchronous_commit', 'on', true) where current_setting('synchronous_commit') = 'off'`

/**
 * Moves an export into Postgres in one transaction, by the rules of docs/rules.md. Running it again changes nothing;
 * a newer export changes what differs. Rows that cannot be moved go to the reject file.
 */
export async function importExport(options: ImportOptions): Promise<ImportReport> {
  const { folder, dryRun = false } = options
  const verified = await verifyExport(folder)
  const report = await withTransaction((db) => importAll(db, options, verified), {
    unchanged: 'Nothing was imported.',
    commit: !dryRun,
  })
  if (!dryRun && hasWritten(report)) await vacuum()
  return report
}

function hasWritten({ tables, snapshots }: ImportReport): boolean {
  return [...Object.values(tables), ...Object.values(snapshots)].some(({ inserted, updated }) => inserted + updated > 0)
}

async function importAll(
  db: pg.Client,
  { folder, rejects, dryRun = false, strict = false, allowRejectedTables = false }: ImportOptions,
  { manifest, assertUnchanged }: Awaited<ReturnType<typeof verifyExport>>,
): Promise<ImportReport> {
  const layouts = findLayouts((table) => manifest.tables[table]?.columns ?? [], join(folder, 'manifest.json'))
  const rebuildIndexes = await prepare(db)
  await pauseCounting(db)
  const file = createAtomicFile(rejects)
  const tally = createRejectTally()
  const report: ImportReport = {
    dry_run: dryRun,
    tables: {},
    outdated: 0,
    snapshots: {},
    rejected: 0,
    rejects,
    reasons: [],
    negative_zeros: 0,
  }
  try {
    for (const layout of layouts) {
      const { counts, negativeZeros } = await importTable(db, layout, { folder, manifest, rejects: file, tally })
      report.tables[layout.table.target] = counts
      report.rejected += counts.rejected
      report.negative_zeros += negativeZeros
      if (layout.table === POSTS && counts.updated > 0) report.outdated = await removeOutdatedMetrics(db)
    }
    report.reasons = tally.list()
    for (const type of SNAPSHOTS.types) report.snapshots[type] = await deriveMetrics(db, type)
    await rebuildIndexes()
    await resumeCounting(db)
    assertUnchanged()
    // Before the transaction commits: a row is always either in Postgres or in the reject file.
    file.sync()
    file.commit()
  } catch (error) {
    file.discard()
    throw error
  }
  if (strict) refuseRejects(report)
  if (!allowRejectedTables) refuseRejectedTables(report)
  return report
}

/**
 * Checks that db/ is applied, waits a few seconds for another import, and locks out other writers. Empty tables also
 * lose their indexes; the returned function, which builds them again, does nothing otherwise.
 */
async function prepare(db: pg.Client): Promise<() => Promise<void>> {
  await requireMigrated(db)
  await db.query(`set local lock_timeout = '${LOCK_WAIT}'`)
  try {
    await db.query('select pg_advisory_xact_lock($1)', [String(LOCK)])
  } catch (error) {
    if ((error as pg.DatabaseError).code !== '55P03') throw error
    throw new Failure('Another import is running on this database.', 'Wait until it has finished, then run this again.')
  }
  const tables = TARGET_TABLES.map((table) => `public.${table}`)
  await db.query(`lock table ${tables.join(', ')} in share row exclusive mode`)
  await lockTombstones(db, 'share')
  for (const setting of BULK) await db.query(`set local ${setting}`)
  await db.query(DURABLE)
  return (await canRebuild(db, tables)) ? dropIndexes(db, tables) : async () => {}
}

function refuseRejects({ rejected, rejects, reasons }: ImportReport): void {
  if (rejected === 0) return
  throw new Failure(
    `${rowCount(rejected)} cannot be moved; nothing was imported.${reasonLines(reasons)}`,
    `They are in ${rejects}. Fix them in the source, or import without --strict.`,
  )
}

/** A table that arrives empty is more likely a wrong file, or a new version of the monitor, than what anybody wants. */
function refuseRejectedTables({ tables, rejects, reasons }: ImportReport): void {
  const rejected = TABLES.filter(({ target }) => {
    const { read, rejected } = tables[target]!
    return read > 0 && rejected === read
  }).map(({ source, target }) => ({ source, rows: tables[target]!.read }))
  if (rejected.length === 0) return
  const names = rejected.map(({ source, rows }) => `${source} (${count(rows)})`).join(', ')
  throw new Failure(
    `Every row of ${names} was rejected; nothing was imported.${reasonLines(reasons)}`,
    `The rows are in ${rejects}. Fix them in the source, or import the rest with --allow-rejected-tables.`,
  )
}
