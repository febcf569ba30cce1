import { join } from 'node:path'
import type pg from 'pg'
import { Failure } from '../errors.ts'
import { createWhole, linesOf, type WholeFile } from '../files.ts'
import { count, step } from '../output.ts'
import { inTransaction, withDatabase } from '../postgres/database.ts'
import { encoderFor, parseLine } from './copy-lines.ts'
import { checkedExport, type ExportManifest } from './manifest.ts'
import { rejectLine } from './rejects.ts'
import { keyFields, type Layout, layoutsOf } from './source-columns.ts'
import { createStage, fillStage, LEFT_OUT, leaveOut, merge, mergeStage, STAGE } from './staging.ts'
import { FILLED, POSTS, SNAPSHOTS } from './tables.ts'

/** read = inserted + updated + unchanged + rejected, always (rule 1). */
export type Counts = { read: number; inserted: number; updated: number; unchanged: number; rejected: number }

export type ImportReport = {
  dry_run: boolean
  /** Per table of Postgres. */
  tables: Record<string, Counts>
  /** Snapshots that an earlier import derived from an instant that the source has corrected since: removed. */
  outdated: number
  /** Derived rows per type of post_metrics_snapshots. */
  snapshots: Record<string, Omit<Counts, 'read' | 'rejected'>>
  rejected: number
  rejects: string
}

export type ImportOptions = {
  folder: string
  rejects: string
  /** Everything but the commit. */
  dryRun?: boolean
  /** A reject is a failure: nothing is committed. */
  strict?: boolean
}

/** One import at a time, whatever the database is called: the number is 'xmonitor' in ASCII. */
const LOCK = 0x786d6f6e69746f72n
/** A killed import gives its lock back within a second or two; a living one does not. */
const LOCK_WAIT = '5s'
/** Room to sort and hash, and to collect what a GIN index takes in: merged in few big portions it costs half. */
const BULK = ["work_mem = '64MB'", "gin_pending_list_limit = '64MB'"]
const FETCH_ROWS = 10_000

/**
 * Moves an export into Postgres by the rules of the move, in one transaction: all of it or nothing. Run again it
 * changes nothing; with a newer export just what differs. Rows that cannot be moved go to the reject file.
 */
export async function importExport({
  folder,
  rejects,
  dryRun = false,
  strict = false,
}: ImportOptions): Promise<ImportReport> {
  const { manifest, assertUnchanged } = await checkedExport(folder)
  const layouts = layoutsOf((table) => manifest.tables[table]?.columns ?? [], join(folder, 'manifest.json'))
  async function work(db: pg.Client): Promise<ImportReport> {
    await prepare(db)
    const file = createWhole(rejects)
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
      // Before the commit: at no moment is a row neither in Postgres nor in the reject file.
      file.finish()
      file.keep()
      if (strict && report.rejected > 0) {
        throw new Failure(
          `${count(report.rejected)} rows cannot be moved; nothing was imported.`,
          `Their reasons are in ${rejects}. Mend them in the source, or import without --strict.`,
        )
      }
      return report
    } catch (error) {
      file.discard()
      throw error
    }
  }
  return withDatabase((db) => inTransaction(db, () => work(db), { commit: !dryRun }))
}

/** Refuses a database without the tables, waits a little for another import, and keeps others from writing meanwhile. */
async function prepare(db: pg.Client): Promise<void> {
  const tables = FILLED.map((table) => `public.${table}`)
  const { rows } = await db.query('select name from unnest($1::text[]) name where to_regclass(name) is null', [tables])
  if (rows.length > 0) {
    throw new Failure(
      `The database has no table ${rows.map(({ name }) => name).join(', ')}.`,
      'Apply the migrations: npm run db:up',
    )
  }
  await db.query(`set local lock_timeout = '${LOCK_WAIT}'`)
  try {
    await db.query('select pg_advisory_xact_lock($1)', [String(LOCK)])
  } catch (error) {
    if ((error as pg.DatabaseError).code !== '55P03') throw error
    throw new Failure('Another import is running on this database.', 'Wait until it has ended, then run this again.')
  }
  await db.query(`lock table ${tables.join(', ')} in share row exclusive mode`)
  for (const setting of BULK) await db.query(`set local ${setting}`)
}

async function importTable(
  db: pg.Client,
  layout: Layout,
  folder: string,
  manifest: ExportManifest,
  rejects: WholeFile,
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
      const staged = await fillStage(db, table, encodedRows(path, layout, rejects, seen))
      if (seen.lines !== read) {
        throw new Failure(
          `${path} has ${seen.lines} lines, but its manifest says ${read} rows.`,
          'Nothing was imported. Export again: npm run export',
        )
      }
      const leftOut = await leaveOut(db, table)
      if (leftOut > 0) await rejectLeftOut(db, layout, path, rejects)
      const { inserted, updated } = await mergeStage(db, table)
      return {
        read,
        inserted,
        updated,
        unchanged: staged - leftOut - inserted - updated,
        rejected: seen.rejected + leftOut,
      }
    },
    (counts) => `${count(counts.read)} rows`,
  )
}

/** The rows for the stage; what the rules reject goes to the reject file. Both are counted. */
async function* encodedRows(
  path: string,
  layout: Layout,
  rejects: WholeFile,
  seen: { lines: number; rejected: number },
): AsyncGenerator<[number, string]> {
  const encode = encoderFor(layout)
  for await (const { first, lines } of linesOf(path)) {
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

/** Both lists are in the order of the lines, so one pass over the file finds the rows. */
async function rejectLeftOut(db: pg.Client, layout: Layout, path: string, rejects: WholeFile): Promise<void> {
  const field = keyFields(layout)
  await db.query(`declare left_out_lines no scroll cursor for select line::int, reason from ${LEFT_OUT} order by line`)
  let batch: { line: number; reason: string }[] = []
  let next = 0
  for await (const { first, lines } of linesOf(path)) {
    for (;;) {
      if (next === batch.length) {
        batch = (await db.query(`fetch ${FETCH_ROWS} from left_out_lines`)).rows
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
  await db.query('close left_out_lines')
}

/** While the posts of this source are staged: no other post is judged by it. */
async function removeOutdated(db: pg.Client): Promise<number> {
  const { target, outdated } = SNAPSHOTS
  const { rowCount } = await db.query(`
    delete from public.${target} snapshot using ${STAGE} post
    where snapshot.status_id = post.status_id and ${outdated('snapshot', 'post')}`)
  return rowCount ?? 0
}

/** Rule 9. What an earlier import derived is brought up to date; what a collector appended stays. */
async function deriveSnapshots(db: pg.Client, type: string): Promise<ImportReport['snapshots'][string]> {
  return step(
    ['Deriving', 'Derived'],
    `${SNAPSHOTS.target} ${type}`,
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
