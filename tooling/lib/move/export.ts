import { mkdirSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { createWhole, type WholeFile, writeJson } from '../files.ts'
import { count, step } from '../output.ts'
import { checkedSnapshot, type ExportManifest, MANIFEST, TOOL } from './manifest.ts'
import { type Layout, layoutsOf } from './source-columns.ts'
import { columnsOf, jsonLines, NO_SNAPSHOT, openSource, reading, type Source } from './sqlite.ts'

/**
 * Writes one JSONL per table of a checked snapshot into `out`, with a manifest of rows, bytes and SHA-256 of each.
 * The manifest comes last: without it there is no finished export.
 */
export async function exportSnapshot(snapshot: string, out: string): Promise<ExportManifest> {
  const db = openSource(snapshot, NO_SNAPSHOT)
  const written: WholeFile[] = []
  // Held against its manifest while it is read, as the files are hashed beside the next: nothing is kept before.
  const checked = beside(checkedSnapshot(snapshot))
  try {
    const digested: Promise<[name: string, table: ExportManifest['tables'][string]]>[] = []
    for (const layout of layoutsOf((table) => columnsOf(db, table), snapshot)) {
      const name = layout.table.source
      const file = `${name}.jsonl`
      const whole = createWhole(join(out, file), { digest: true })
      written.push(whole)
      const work = () => reading(snapshot, () => writeRows(db, layout, whole))
      const rows = await step(['Exporting', 'Exported'], name, work, (rows) => `${count(rows)} rows`)
      const columns = columnsOf(db, name)
      digested.push(beside(whole.digest().then((digest) => [name, { file, rows, ...digest, columns }])))
    }
    const manifest: ExportManifest = {
      tool: TOOL,
      created_at: new Date().toISOString(),
      snapshot: { file: basename(snapshot), sha256: (await checked).snapshot.sha256 },
      tables: Object.fromEntries(await Promise.all(digested)),
    }
    mkdirSync(out, { recursive: true })
    rmSync(join(out, MANIFEST), { force: true })
    for (const whole of written) whole.keep()
    writeJson(join(out, MANIFEST), manifest)
    return manifest
  } catch (error) {
    for (const whole of written) whole.discard()
    // That the snapshot is not the one of its manifest explains any other failure.
    await checked
    throw error
  } finally {
    db.close()
  }
}

/** Goes on beside the work: its failure is that of whoever waits for it. */
function beside<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {})
  return promise
}

function writeRows(db: Source, { table }: Layout, whole: WholeFile): number {
  let rows = 0
  for (const line of jsonLines(db, table.source)) {
    whole.write(line)
    rows++
  }
  whole.finish()
  return rows
}
