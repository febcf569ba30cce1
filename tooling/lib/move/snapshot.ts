import { chmodSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { claim } from '../claim.ts'
import { digestOf } from '../digest.js'
import { writeJson, writing } from '../files.ts'
import { count, step } from '../output.ts'
import { MANIFEST, SNAPSHOT, type SnapshotManifest, TOOL } from './manifest.ts'
import { layoutsOf } from './source-columns.ts'
import { columnsOf, damaged, openSource, quoted, reading, type Source } from './sqlite.ts'

/** How many broken references the manifest names; it counts all. */
const NAMED_VIOLATIONS = 20

export type Snapshot = SnapshotManifest & { path: string }

/**
 * Copies a monitor's file into `out`/x_monitor.snapshot.db as of one instant (VACUUM INTO, one read transaction: a
 * writer may go on meanwhile), checks it, makes it read-only and describes it in manifest.json.
 */
export function takeSnapshot(source: string, out: string): Promise<Snapshot> {
  return step(
    ['Taking', 'Taken'],
    'snapshot',
    () => snapshot(source, out),
    ({ tables, snapshot }) => {
      const rows = Object.values(tables).reduce((sum, of) => sum + of, 0)
      return `${count(rows)} rows, ${count(snapshot.bytes)} bytes, integrity ok`
    },
  )
}

async function snapshot(source: string, out: string): Promise<Snapshot> {
  const path = join(out, SNAPSHOT)
  const { temporary, origin } = copy(source, path)
  try {
    const manifest: SnapshotManifest = {
      tool: TOOL,
      created_at: new Date().toISOString(),
      source: origin,
      snapshot: { file: SNAPSHOT, ...(await digestOf(temporary)) },
      ...examine(temporary),
    }
    chmodSync(temporary, 0o444)
    // Never the manifest of an earlier snapshot beside this one.
    rmSync(join(out, MANIFEST), { force: true })
    renameSync(temporary, path)
    writeJson(join(out, MANIFEST), manifest)
    return { ...manifest, path }
  } catch (error) {
    remove(temporary)
    throw error
  }
}

/**
 * Copies under a temporary name. The source is checked as well as its copy: a damaged index would not be copied, it would
 * be built anew.
 */
function copy(source: string, path: string): { temporary: string; origin: SnapshotManifest['source'] } {
  const db = openSource(source)
  try {
    reading(source, () => {
      layoutsOf((table) => columnsOf(db, table), source)
      checkIntegrity(db, source)
    })
    const origin = {
      path: resolve(source),
      bytes: statSync(source).size,
      journal_mode: db.pragma('journal_mode', { simple: true }) as string,
    }
    // SQLite fills this empty file; it would not say why it cannot make one.
    const temporary = writing(path, () => {
      mkdirSync(dirname(path), { recursive: true })
      return claim(path)
    })
    try {
      reading(path, () => db.prepare('vacuum into ?').run(temporary))
    } catch (error) {
      remove(temporary)
      throw error
    }
    return { temporary, origin }
  } finally {
    db.close()
  }
}

function examine(file: string): Pick<SnapshotManifest, 'integrity_check' | 'foreign_key_check' | 'tables' | 'ignored'> {
  const db = openSource(file)
  try {
    const layouts = layoutsOf((table) => columnsOf(db, table), file)
    return {
      integrity_check: checkIntegrity(db, file),
      foreign_key_check: checkForeignKeys(db),
      tables: Object.fromEntries(layouts.map(({ table }) => [table.source, rowsOf(db, table.source)])),
      ignored: Object.fromEntries(layouts.map(({ table, ignored }) => [table.source, ignored])),
    }
  } finally {
    db.close()
  }
}

function checkIntegrity(db: Source, file: string): string {
  const [first] = db.pragma('integrity_check(1)') as { integrity_check: string }[]
  if (first!.integrity_check !== 'ok') throw damaged(file, first!.integrity_check.split('\n')[0]!)
  return first!.integrity_check
}

function checkForeignKeys(db: Source): SnapshotManifest['foreign_key_check'] {
  try {
    const broken = db.pragma('foreign_key_check') as { table: string; rowid: number; parent: string }[]
    const named = broken.slice(0, NAMED_VIOLATIONS)
    return {
      violations: broken.length,
      first: named.map(({ table, rowid, parent }) => `${table} row ${rowid} -> ${parent}`),
    }
  } catch (error) {
    // A key that the file declares wrongly ('foreign key mismatch') cannot be checked; its rows can be moved.
    return { violations: 1, first: [(error as Error).message] }
  }
}

function rowsOf(db: Source, table: string): number {
  return db
    .prepare(`select count(*) from ${quoted(table)}`)
    .pluck()
    .get() as number
}

/** With SQLite's own companion. */
function remove(file: string): void {
  for (const name of [file, `${file}-journal`]) rmSync(name, { force: true })
}
