import { join } from 'node:path'
import type pg from 'pg'
import { Failure } from '../errors.ts'
import { type AtomicFile, readLines } from '../files.ts'
import { rowCount, step } from '../output.ts'
import { parseLine } from './copy-lines.ts'
import type { ExportManifest } from './manifest.ts'
import type { RejectTally } from './reject-tally.ts'
import { rejectLine } from './rejects.ts'
import { createRowRules, type RowReject } from './row-rules.ts'
import type { Layout } from './source-columns.ts'
import {
  countNegativeZeros,
  createStage,
  EXCLUDED,
  excludeRows,
  fillStage,
  mergeStage,
  type StageRow,
} from './staging.ts'
import { buryStaged, excludeDeleted } from './tombstones.ts'

/** read = inserted + updated + unchanged + rejected + deleted, always: docs/rules.md#rule-1. */
export type Counts = {
  read: number
  inserted: number
  updated: number
  unchanged: number
  rejected: number
  /** Deleted on request before: docs/rules.md#rule-8. */
  deleted: number
}

type Context = { folder: string; manifest: ExportManifest; rejects: AtomicFile; tally: RejectTally }

const FETCH_ROWS = 1_000
const EXPORT_AGAIN = 'Nothing was imported. Export again: npm run export'

/** Moves one table of an export. What cannot be moved goes to the reject file. */
export function importTable(
  db: pg.Client,
  layout: Layout,
  context: Context,
): Promise<{ counts: Counts; negativeZeros: number }> {
  const { table } = layout
  const { file, rows: read } = context.manifest.tables[table.source]!
  const path = join(context.folder, file)
  return step(
    ['Importing', 'Imported'],
    table.target,
    async (tick) => {
      await createStage(db, table)
      const seen = { lines: 0, rejected: 0 }
      await fillStage(
        db,
        table,
        readRows(path, layout, context, seen, () => tick(seen.lines, read)),
      )
      if (seen.lines !== read)
        throw new Failure(`${path} has ${seen.lines} lines, but its manifest says ${read} rows.`, EXPORT_AGAIN)
      await buryStaged(db, table)
      const deleted = await excludeDeleted(db, table)
      const excluded = await excludeRows(db, layout)
      if (excluded > 0) await rejectExcluded(db, layout, path, context)
      const counts = { read, ...(await mergeStage(db, table)), rejected: seen.rejected + excluded, deleted }
      return { counts, negativeZeros: table.vector ? await countNegativeZeros(db) : 0 }
    },
    () => rowCount(read),
  )
}

/** Yields the rows for the stage and writes those that the rules reject to the reject file; counts both. */
async function* readRows(
  path: string,
  layout: Layout,
  context: Context,
  seen: { lines: number; rejected: number },
  tick: () => void,
): AsyncGenerator<StageRow> {
  const applyRules = createRowRules(layout)
  for await (const { first, lines } of readLines(path)) {
    for (const [index, line] of lines.entries()) {
      const values = parseLine(line, layout)
      if (!values) throw new Failure(`${path} line ${first + index} is not a row of an export.`, EXPORT_AGAIN)
      const row = applyRules(values)
      seen.lines++
      tick()
      if (Array.isArray(row)) yield [first + index, row]
      else {
        seen.rejected++
        reject(layout, context, first + index, row, line)
      }
    }
  }
}

/** Writes the excluded rows to the reject file. Both lists are ordered by line, so one pass over the export finds the rows. */
async function rejectExcluded(db: pg.Client, layout: Layout, path: string, context: Context): Promise<void> {
  await db.query(
    `declare excluded_rows no scroll cursor for select line::int, field, reason, kind from ${EXCLUDED} order by line`,
  )
  let batch: (RowReject & { line: number })[] = []
  let next = 0
  for await (const { first, lines } of readLines(path)) {
    for (;;) {
      if (next === batch.length) {
        batch = (await db.query(`fetch ${FETCH_ROWS} from excluded_rows`)).rows
        next = 0
      }
      const found = batch[next]
      if (!found || found.line >= first + lines.length) break
      reject(layout, context, found.line, found, lines[found.line - first]!)
      next++
    }
  }
  await db.query('close excluded_rows')
}

function reject({ table }: Layout, { rejects, tally }: Context, line: number, why: RowReject, row: string): void {
  tally.add(table.source, line, why)
  rejects.write(rejectLine(table.source, line, why, row))
}
