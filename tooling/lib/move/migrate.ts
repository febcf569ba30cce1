import { join } from 'node:path'
import { readAddress } from '../postgres/address.ts'
import { applyMigrations } from '../postgres/migrations.ts'
import { exportSnapshot } from './export.ts'
import { type ImportOptions, type ImportReport, importExport } from './import.ts'
import type { ExportManifest } from './manifest.ts'
import { type Snapshot, takeSnapshot } from './snapshot.ts'
import { validate } from './validation/validate.ts'
import type { Validation } from './validation/validation.ts'

/** In this order. Each can be the last one, and all can be run again. */
export const STEPS = ['snapshot', 'export', 'db:up', 'import', 'validate'] as const

export type Step = (typeof STEPS)[number]

/** The results of the steps that ran. */
export type Migration = {
  snapshot: Snapshot
  export?: ExportManifest
  import?: ImportReport
  validation?: Validation & { html: string }
}

export type MigrateOptions = {
  source: string
  out: string
  until?: Step
  /** Leaves the database as it is: no db/ is applied, and the import is rolled back. */
  dryRun?: boolean
} & Pick<ImportOptions, 'strict' | 'allowRejectedTables'>

/** The whole move: a source copy under `out`, its export, the schema, the import and the validation. */
export async function migrate({ source, out, until = 'validate', ...options }: MigrateOptions): Promise<Migration> {
  const folder = join(out, 'export')
  const rejects = join(out, options.dryRun ? 'rejects.jsonl.dry-run' : 'rejects.jsonl')
  const wanted = (name: Step) => STEPS.indexOf(name) <= STEPS.indexOf(until)

  // Copying and exporting may take minutes: a wrong address is named before.
  if (wanted('db:up')) await readAddress()
  const migration: Migration = { snapshot: await takeSnapshot(source, out) }
  const snapshot = migration.snapshot.path
  if (wanted('export')) migration.export = await exportSnapshot(snapshot, folder)
  if (wanted('db:up') && !options.dryRun) await applyMigrations()
  if (wanted('import')) migration.import = await importExport({ folder, rejects, ...options })
  // After a dry run there is nothing to compare with.
  if (wanted('validate') && !options.dryRun) {
    const report = await validate({ snapshot, rejects, out, sample: 20 })
    migration.validation = { ...report, html: join(out, 'validation.html') }
  }
  return migration
}
