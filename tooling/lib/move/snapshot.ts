import { chmodSync, renameSync, rmSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { digestOf } from '../digest.js'
import { reserveTempFile, writeJson } from '../files.ts'
import { count, step } from '../output.ts'
import { MANIFEST, SNAPSHOT, type SnapshotManifest, TOOL } from './manifest.ts'
import { findLayouts } from './source-columns.ts'
import { describeDamage, listColumns, openSource, quoted, type Source, withReadErrors } from './sqlite.ts'

/** How many broken references the manifest lists; it counts all of them. */
const MAX_LISTED_VIOLATIONS = 20

export type Snapshot = SnapshotManifest & { path: string }

/**
 * Copies a monitor's file to `out`/x_monitor.snapshot.db as of one instant (VACUUM INTO in one read transaction; the
 * monitor may go on writing), checks the copy, makes it read-only and describes it in manifest.json.
 */
export function takeSnapshot(source: string, out: string): Promise<Snapshot> {
  return step(
    ['Copying', 'Copied'],
    basename(source),
    () => createCopy(source, out),
    ({ tables, snapshot }) => {
      const rows = Object.values(tables).reduce((sum, of) => sum + of, 0)
      return `${count(rows)} rows, ${count(snapshot.bytes)} bytes, integrity ok`
    },
  )
}

async function createCopy(source: string, out: string): Promise<Snapshot> {
  const path = join(out, SNAPSHOT)
  const { temporary, origin } = vacuumInto(source, path)
  try {
    const manifest: SnapshotManifest = {
      tool: TOOL,
      created_at: new Date().toISOString(),
      source: origin,
      snapshot: { file: SNAPSHOT, ...(await digestOf(temporary)) },
      ...describeCopy(temporary),
    }
    chmodSync(temporary, 0o400)
    // The manifest of an earlier copy must never describe this one.
    rmSync(join(out, MANIFEST), { force: true })
    renameSync(temporary, path)
    writeJson(join(out, MANIFEST), manifest)
    return { ...manifest, path }
  } catch (error) {
    removeCopy(temporary)
    throw error
  }
}

/**
 * Copies the source under a temporary name. The source itself is checked, too: a copy would not show a damaged index,
 * because VACUUM INTO builds indexes anew.
 */
function vacuumInto(source: string, path: string): { temporary: string; origin: SnapshotManifest['source'] } {
  const db = openSource(source)
  try {
    withReadErrors(source, () => {
      findLayouts((table) => listColumns(db, table), source)
      checkIntegrity(db, source)
    })
    const origin = {
      path: resolve(source),
      bytes: statSync(source).size,
      journal_mode: db.pragma('journal_mode', { simple: true }) as string,
    }
    // SQLite fills the empty file that is there; if it had to create one, it could not say why it cannot.
    const temporary = reserveTempFile(path)
    try {
      withReadErrors(path, () => db.prepare('vacuum into ?').run(temporary))
    } catch (error) {
      removeCopy(temporary)
      throw error
    }
    return { temporary, origin }
  } finally {
    db.close()
  }
}

function describeCopy(
  file: string,
): Pick<SnapshotManifest, 'integrity_check' | 'foreign_key_check' | 'tables' | 'ignored'> {
  const db = openSource(file)
  try {
    const layouts = findLayouts((table) => listColumns(db, table), file)
    return {
      integrity_check: checkIntegrity(db, file),
      foreign_key_check: checkForeignKeys(db),
      tables: Object.fromEntries(layouts.map(({ table }) => [table.source, countRows(db, table.source)])),
      ignored: Object.fromEntries(layouts.map(({ table, ignored }) => [table.source, ignored])),
    }
  } finally {
    db.close()
  }
}

function checkIntegrity(db: Source, file: string): string {
  const [first] = db.pragma('integrity_check(1)') as { integrity_check: string }[]
  if (first!.integrity_check !== 'ok') throw describeDamage(file, first!.integrity_check.split('\n')[0]!)
  return first!.integrity_check
}

function checkForeignKeys(db: Source): SnapshotManifest['foreign_key_check'] {
  try {
    const broken = db.pragma('foreign_key_check') as { table: string; rowid: number; parent: string }[]
    const named = broken.slice(0, MAX_LISTED_VIOLATIONS)
    return {
      violations: broken.length,
      first: named.map(({ table, rowid, parent }) => `${table} row ${rowid} -> ${parent}`),
    }
  } catch (error) {
    // A wrongly declared key ('foreign key mismatch') cannot be checked; its rows can be moved all the same.
    return { violations: 1, first: [(error as Error).message] }
  }
}

function countRows(db: Source, table: string): number {
  return db
    .prepare(`select count(*) from ${quoted(table)}`)
    .pluck()
    .get() as number
}

/** And the journal that SQLite may have left beside it. */
function removeCopy(file: string): void {
  for (const name of [file, `${file}-journal`]) rmSync(name, { force: true })
}
