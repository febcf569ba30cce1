import { chmodSync, renameSync, rmSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { digestOf } from '../digest.js'
import { reserveTempFile, writeJson } from '../files.ts'
import { count, rowCount, step } from '../output.ts'
import { checkDefinitions } from './definitions-check.ts'
import { checkIntegrity } from './integrity.ts'
import { MANIFEST, SNAPSHOT, type SnapshotManifest, TOOL } from './manifest.ts'
import { findLayouts } from './source-columns.ts'
import { countOtherTables, countRows, countValues, listColumns } from './source-schema.ts'
import { openSource, type Source, withReadErrors } from './sqlite.ts'
import Database from './sqlite-driver.ts'

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
      return `${rowCount(rows)}, ${count(snapshot.bytes)} bytes, integrity ok`
    },
  )
}

async function createCopy(source: string, out: string): Promise<Snapshot> {
  const path = join(out, SNAPSHOT)
  const { temporary, origin, problems } = await copySource(source, path)
  try {
    const manifest: SnapshotManifest = {
      tool: TOOL,
      created_at: new Date().toISOString(),
      source: origin,
      snapshot: { file: SNAPSHOT, ...(await digestOf(temporary)) },
      ...describeCopy(temporary, problems),
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

/** Copies the source under a temporary name. The source itself is checked, too: its copy would have new indexes. */
async function copySource(
  source: string,
  path: string,
): Promise<{ temporary: string; origin: SnapshotManifest['source']; problems: string[] }> {
  const db = openSource(source)
  try {
    await checkDefinitions(source)
    withReadErrors(source, () => findLayouts((table) => listColumns(db, table), source))
    const problems = withReadErrors(source, () => checkIntegrity(db, source))
    const origin = {
      path: resolve(source),
      bytes: statSync(source).size,
      journal_mode: db.pragma('journal_mode', { simple: true }) as string,
    }
    // SQLite fills the empty file that is there; if it had to create one, it could not say why it cannot.
    const temporary = reserveTempFile(path)
    try {
      await fillCopy(db, temporary, path, problems.length > 0)
    } catch (error) {
      removeCopy(temporary)
      throw error
    }
    return { temporary, origin, problems }
  } finally {
    db.close()
  }
}

async function fillCopy(db: Source, temporary: string, path: string, otherTablesDamaged: boolean): Promise<void> {
  try {
    withReadErrors(path, () => db.prepare('vacuum into ?').run(temporary))
  } catch (error) {
    if (!otherTablesDamaged) throw error
    // A copy page by page takes damage outside the moved tables along, and is of one instant, too.
    removeCopy(temporary)
    await db.backup(temporary)
    const copy = new Database(temporary)
    copy.pragma('journal_mode = delete')
    copy.close()
  }
}

type Description = Pick<SnapshotManifest, 'integrity_check' | 'foreign_key_check' | 'tables' | 'not_moved'>

function describeCopy(file: string, problems: string[]): Description {
  const db = openSource(file)
  try {
    const layouts = findLayouts((table) => listColumns(db, table), file)
    const more = checkIntegrity(db, file)
    const columns = layouts.map(({ table, ignored }) => [table.source, countValues(db, table.source, ignored)] as const)
    return {
      integrity_check: 'ok',
      foreign_key_check: checkForeignKeys(db),
      tables: Object.fromEntries(layouts.map(({ table }) => [table.source, countRows(db, table.source)])),
      not_moved: {
        tables: countOtherTables(db),
        columns: Object.fromEntries(columns.filter(([, counts]) => Object.keys(counts).length > 0)),
        problems: [...new Set([...problems, ...more])],
      },
    }
  } finally {
    db.close()
  }
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

/** And the journal that SQLite may have left beside it. */
function removeCopy(file: string): void {
  for (const name of [file, `${file}-journal`]) rmSync(name, { force: true })
}
