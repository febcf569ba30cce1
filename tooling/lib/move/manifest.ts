import { lstatSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type Digest, digestOf } from '../digest.js'
import { Failure } from '../errors.ts'
import { readJson } from '../files.ts'
import type { NotMoved } from './source-schema.ts'

const { name, version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'))

/** The program that wrote a manifest. */
export const TOOL = { name, version } as { name: string; version: string }

export const SNAPSHOT = 'x_monitor.snapshot.db'
export const MANIFEST = 'manifest.json'

/** data/manifest.json: what the source copy is and where it came from. */
export type SnapshotManifest = {
  tool: typeof TOOL
  created_at: string
  source: { path: string; bytes: number; journal_mode: string }
  snapshot: Digest & { file: string }
  /** Of the tables that are moved, as of the whole file unless not_moved.problems says otherwise. */
  integrity_check: string
  foreign_key_check: { violations: number; first: string[] }
  /** Rows per table of the source. */
  tables: Record<string, number>
  not_moved: NotMoved
}

/** data/export/manifest.json: the files of an export. */
export type ExportManifest = {
  tool: typeof TOOL
  created_at: string
  snapshot: { file: string; sha256: string }
  tables: Record<string, Digest & { file: string; rows: number; columns: string[] }>
}

/** Checks a source copy against its manifest and returns the manifest. */
export async function verifySnapshot(file: string): Promise<SnapshotManifest> {
  const path = join(file, '..', MANIFEST)
  const manifest = readJson<SnapshotManifest>(path, 'snapshot -- --source FILE')
  if (!manifest?.snapshot?.sha256 || !manifest.source)
    throw new Failure(`${path} is not the manifest of a source copy.`, 'Create one: npm run snapshot -- --source FILE')
  if ((await digestOf(file)).sha256 !== manifest.snapshot.sha256) {
    throw new Failure(
      `${file} does not match its manifest: the SHA-256 differs.`,
      'Copy the source again: npm run snapshot -- --source FILE',
    )
  }
  return manifest
}

/** An export whose files match its manifest; `assertUnchanged` refuses files that were changed since. */
export type VerifiedExport = { manifest: ExportManifest; assertUnchanged: () => void }

export async function verifyExport(folder: string): Promise<VerifiedExport> {
  const manifest = readJson<ExportManifest>(join(folder, MANIFEST), 'export')
  const tables: unknown[] = Object.values(manifest?.tables ?? { none: {} })
  if (!tables.every(isExportedTable)) {
    throw new Failure(
      `${join(folder, MANIFEST)} is not the manifest of an export.`,
      'Give the folder of the export with --in, or create one: npm run export',
    )
  }
  const fingerprints = new Map<string, string>()
  for (const { file, bytes, sha256 } of Object.values(manifest.tables)) {
    const path = join(folder, file)
    checkPlainFile(folder, file)
    fingerprints.set(path, fingerprint(path))
    const found = await digestOf(path).catch(() => undefined)
    const wrong = !found
      ? 'is missing'
      : found.bytes !== bytes
        ? `has ${found.bytes} bytes, but its manifest says ${bytes}`
        : found.sha256 !== sha256 && 'was changed after the export: the SHA-256 differs from its manifest'
    if (wrong) throw new Failure(`${path} ${wrong}.`, 'Export again: npm run export')
  }
  return {
    manifest,
    assertUnchanged() {
      for (const [path, before] of fingerprints)
        if (fingerprint(path) !== before)
          throw new Failure(
            `${path} was changed while it was being read.`,
            'Nothing was imported. Export again: npm run export',
          )
    },
  }
}

function isExportedTable(table: unknown): boolean {
  const { file, columns } = (table ?? {}) as Record<string, unknown>
  return typeof file === 'string' && Array.isArray(columns) && columns.every((name) => typeof name === 'string')
}

/** A manifest may come from anywhere: it names files of its own folder, not devices, nor what a link or .. leads to. */
function checkPlainFile(folder: string, file: string): void {
  // A control character would be printed with each error.
  const isName = basename(file) === file && !['', '.', '..'].includes(file) && !/\p{Cc}/u.test(file)
  const stat = isName && lstatSync(join(folder, file), { throwIfNoEntry: false })
  if (isName && (!stat || stat.isFile())) return
  throw new Failure(
    `${join(folder, MANIFEST)} names ${JSON.stringify(file)}, which is not a file of its folder.`,
    'Export again: npm run export',
  )
}

/** Changes with each write to the file, and when another file takes its name. */
function fingerprint(path: string): string {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false })
  return `${stat?.ino} ${stat?.size} ${stat?.mtimeNs} ${stat?.ctimeNs}`
}
