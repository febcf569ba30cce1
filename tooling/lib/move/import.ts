import { join } from 'node:path'
import type pg from 'pg'
import { Failure } from '../errors.ts'
import { type AtomicFile, createAtomicFile, readLines } from '../files.ts'
import { count, step } from '../output.ts'
import { withTransaction } from '../postgres/database.ts'
import { requireMigrated } from '../postgres/migrations.ts'
import { createEncoder, parseLine } from './copy-lines.ts'
import { type ExportManifest, verifyExport } from './manifest.ts'
import { rejectLine } from './rejects.ts'
import { findLayouts, keyFields, type Layout } from './source-columns.ts'
import { createStage, EXCLUDED, excludeRows, fillStage, merge, mergeStage, STAGE } from './staging.ts'
import { POSTS, SNAPSHOTS, TARGET_TABLES } from './tables.ts'

/** read = inserted + updated + unchanged + rejected, always: docs/rules.md#rule-1. */
export type Counts = { read: number; inserted: number; updated: number; unchanged: number; rejected: number }

export type ImportReport = {
  dry_run: boolean
  /** Per table of Postgres. */
  tables: Record<string, Counts>
  /** Removed metrics that an earlier import derived from an instant which the source has corrected since. */
  outdated: number
  /** Derived rows per type of metrics. */
  snapshots: Record<string, Omit<Counts, 'read' | 'rejected'>>
  rejected: number
  rejects: string
}

export type ImportOptions = {
  folder: string
  rejects: string
  /** Does everything but the commit. */
  dryRun?: boolean
  /** Commits nothing when a row is rejected. */
  strict?: boolean
}

/** The advisory lock that lets one import run at a time: 'xmonitor' in ASCII. */
const LOCK = 0x786d6f6e69746f72n
/** A killed import releases its lock within a second or two. */
const LOCK_WAIT = '5s'
/** Memory to sort and hash, and for pending GIN entries: merging them in a few large batches halves their cost. */
const BULK = ["work_mem = '64MB'", "gin_pending_list_limit = '64MB'"]
const FETCH_ROWS = 10_000

/**
 * Moves an export into Postgres in one transaction, by the rules of docs/rules.md. Running it again changes nothing;
 * a newer export changes what differs. Rows that cannot be moved go to the reject file.
 */
export async function importExport({
  folder,
  rejects,
  dryRun = false,
  strict = false,
}: ImportOptions): Promise<ImportReport> {
  const { manifest, assertUnchanged } = await verifyExport(folder)
  const layouts = findLayouts((table) => manifest.tables[table]?.columns ?? [], join(folder, 'manifest.json'))
  async function work(db: pg.Client): Promise<ImportReport> {
    await prepare(db)
    const file = createAtomicFile(rejects)
    try {
      const report = { dry_run: dryRun, tables: {}, outdated: 0, snapshots: {}, rejected: 0, rejects } as ImportReport
      for (const layout of layouts) {
        const counts = await importTable(db, layout, folder, manifest, file)
        report.tables[layout.table.target] = counts
        report.rejected += counts.rejected
        if (layout.table === POSTS && counts.updated > 0) report.outdated = await removeOutdated(db)
      }
      for (const type of SNAPSHOTS.types) report.snapshots[type] = await deriveSnapshots(db, type)
      assertUnchanged()
      // Before the transaction commits: a row is always either in Postgres or in the reject file.
      file.sync()
      file.commit()
      if (strict && report.rejected > 0) {
        throw new Failure(
          `${count(report.rejected)} rows cannot be moved; nothing was imported.`,
          `Their reasons are in ${rejects}. Fix them in the source, or import without --strict.`,
        )
      }
      return report
    } catch (error) {
      file.discard()
      throw error
    }
  }
  return withTransaction(work, { unchanged: 'Nothing was imported.', commit: !dryRun })
}

/** Checks that db/ is applied, waits a few seconds for another import, and locks out other writers. */
async function prepare(db: pg.Client): Promise<void> {
  await requireMigrated(db)
  await db.query(`set local lock_timeout = '${LOCK_WAIT}'`)
  try {
    await db.query('select pg_advisory_xact_lock($1)', [String(LOCK)])
  } catch (error) {
    if ((error as pg.DatabaseError).code !== '55P03') throw error
    throw new Failure('Another import is running on this database.', 'Wait until it has finished, then run this again.')
  }
  const tables = TARGET_TABLES.map((table) => `public.${table}`).join(', ')
  await db.query(`lock table ${tables} in share row exclusive mode`)
  for (const setting of BULK) await db.query(`set local ${setting}`)
}

async function importTable(
  db: pg.Client,
  layout: Layout,
  folder: string,
  manifest: ExportManifest,
  rejects: AtomicFile,
): Promise<Counts> {
  const { table } = layout
  const { file, rows: read } = manifest.tables[table.source]!
  const path = join(folder, file)
  return step(
    ['Importing', 'Imported'],
    table.target,
    async () => {
      await createStage(db, table)
      const seen = { lines: 0, rejected: 0 }
      const staged = await fillStage(db, table, encodeRows(path, layout, rejects, seen))
      if (seen.lines !== read) {
        throw new Failure(
          `${path} has ${seen.lines} lines, but its manifest says ${read} rows.`,
          'Nothing was imported. Export again: npm run export',
        )
      }
      const excluded = await excludeRows(db, table)
      if (excluded > 0) await rejectExcluded(db, layout, path, rejects)
      const { inserted, updated } = await mergeStage(db, table)
      return {
        read,
        inserted,
        updated,
        unchanged: staged - excluded - inserted - updated,
        rejected: seen.rejected + excluded,
      }
    },
    (counts) => `${count(counts.read)} rows`,
  )
}

/** Yields the rows for the stage and writes those that the rules reject to the reject file; counts both. */
async function* encodeRows(
  path: string,
  layout: Layout,
  rejects: AtomicFile,
  seen: { lines: number; rejected: number },
): AsyncGenerator<[number, string]> {
  const encode = createEncoder(layout)
  for await (const { first, lines } of readLines(path)) {
    for (let index = 0; index < lines.length; index++) {
      const line = lines[index]!
      const values = parseLine(line, layout)
      if (!values) {
        throw new Failure(
          `${path} line ${first + index} is not JSON.`,
          'Nothing was imported. Export again: npm run export',
        )
      }
      const row = encode(values)
      seen.lines++
      if (typeof row === 'string') yield [first + index, row]
      else {
        seen.rejected++
        rejects.write(rejectLine(layout.table.source, first + index, row, line))
      }
    }
  }
}

/** Writes the excluded rows to the reject file. Both lists are ordered by line, so one pass over the export finds the rows. */
async function rejectExcluded(db: pg.Client, layout: Layout, path: string, rejects: AtomicFile): Promise<void> {
  const field = keyFields(layout)
  await db.query(`declare excluded_rows no scroll cursor for select line::int, reason from ${EXCLUDED} order by line`)
  let batch: { line: number; reason: string }[] = []
  let next = 0
  for await (const { first, lines } of readLines(path)) {
    for (;;) {
      if (next === batch.length) {
        batch = (await db.query(`fetch ${FETCH_ROWS} from excluded_rows`)).rows
        next = 0
      }
      const found = batch[next]
      if (!found || found.line >= first + lines.length) break
      rejects.write(
        rejectLine(layout.table.source, found.line, { field, reason: found.reason }, lines[found.line - first]!),
      )
      next++
    }
  }
  await db.query('close excluded_rows')
}

/** Only for the posts in the stage: the source says nothing about others. */
async function removeOutdated(db: pg.Client): Promise<number> {
  const { target, outdated } = SNAPSHOTS
  const { rowCount } = await db.query(`
    delete from public.${target} snapshot using ${STAGE} post
    where snapshot.status_id = post.status_id and ${outdated('snapshot', 'post')}`)
  return rowCount ?? 0
}

/** Updates what an earlier import derived; what a collector appended stays. docs/rules.md#rule-9 */
async function deriveSnapshots(db: pg.Client, type: string): Promise<ImportReport['snapshots'][string]> {
  return step(
    ['Deriving', 'Derived'],
    `metric history, ${type}`,
    async () => {
      const from = `(${SNAPSHOTS.derive(type, `public.${POSTS.target}`)})`
      const { target, key, columns, history } = SNAPSHOTS
      const { inserted, updated } = await merge(db, {
        target,
        key,
        columns,
        from,
        only: `source = '${history.source}'`,
      })
      const { rows } = await db.query(`select count(*)::int as all from ${from} derived`)
      return { inserted, updated, unchanged: rows[0].all - inserted - updated }
    },
    ({ inserted, updated, unchanged }) => `${count(inserted + updated + unchanged)} rows`,
  )
}
