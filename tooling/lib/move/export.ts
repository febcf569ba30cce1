import { mkdirSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type AtomicFile, createAtomicFile, writeJson } from '../files.ts'
import { rowCount, step, type Tick } from '../output.ts'
import { type ExportManifest, MANIFEST, TOOL, verifySnapshot } from './manifest.ts'
import { findLayouts, type Layout } from './source-columns.ts'
import { readJsonLines } from './source-rows.ts'
import { countRows, listColumns } from './source-schema.ts'
import { NO_SNAPSHOT, openSource, type Source, withReadErrors } from './sqlite.ts'

/**
 * Writes each table of a verified source copy into `out` as JSON lines, with a manifest of their rows, bytes and
 * SHA-256. The manifest comes last: without it an export is not complete.
 */
export async function exportSnapshot(snapshot: string, out: string): Promise<ExportManifest> {
  const db = openSource(snapshot, NO_SNAPSHOT)
  const written: AtomicFile[] = []
  // The copy is verified while it is read, and each file is hashed while the next one is written; nothing is committed
  // before all of that has succeeded.
  const verified = inBackground(verifySnapshot(snapshot))
  try {
    const digested: Promise<[name: string, table: ExportManifest['tables'][string]]>[] = []
    for (const layout of findLayouts((table) => listColumns(db, table), snapshot)) {
      const name = layout.table.source
      const file = `${name}.jsonl`
      const atomic = createAtomicFile(join(out, file), { digest: true })
      written.push(atomic)
      const total = countRows(db, name)
      const work = (tick: Tick) =>
        withReadErrors(snapshot, () => writeRows(db, layout, atomic, (rows) => tick(rows, total)))
      const rows = await step(['Exporting', 'Exported'], name, work, (rows) => rowCount(rows))
      const columns = listColumns(db, name)
      digested.push(inBackground(atomic.digest().then((digest) => [name, { file, rows, ...digest, columns }])))
    }
    const manifest: ExportManifest = {
      tool: TOOL,
      created_at: new Date().toISOString(),
      snapshot: { file: basename(snapshot), sha256: (await verified).snapshot.sha256 },
      tables: Object.fromEntries(await Promise.all(digested)),
    }
    mkdirSync(out, { recursive: true })
    rmSync(join(out, MANIFEST), { force: true })
    for (const atomic of written) atomic.commit()
    writeJson(join(out, MANIFEST), manifest)
    return manifest
  } catch (error) {
    for (const atomic of written) atomic.discard()
    // A copy that does not match its manifest explains any other failure.
    await verified
    throw error
  } finally {
    db.close()
  }
}

/** A promise that runs in the background: its failure is reported to whoever awaits it, and nowhere before. */
function inBackground<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  return promise
}

function writeRows(db: Source, layout: Layout, file: AtomicFile, tick: Tick): number {
  let rows = 0
  for (const line of readJsonLines(db, layout)) {
    file.write(line)
    tick(++rows)
  }
  file.sync()
  return rows
}
