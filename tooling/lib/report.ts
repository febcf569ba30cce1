import type { ImportReport } from './import.ts'
import { count, print } from './output.ts'

/** The five-number line of each table, the derived snapshots, and where the rejects are. */
export function showImport({ tables, snapshots, rejected, rejects, dry_run }: ImportReport): void {
  for (const [table, { read, inserted, updated, unchanged, rejected }] of Object.entries(tables)) {
    print(
      `${table}: ${count(read)} read = ${count(inserted)} inserted + ${count(updated)} updated + ${count(unchanged)} unchanged + ${count(rejected)} rejected`,
    )
  }
  for (const [type, { inserted, updated, unchanged }] of Object.entries(snapshots)) {
    print(`snapshots ${type}: ${count(inserted)} inserted + ${count(updated)} updated + ${count(unchanged)} unchanged`)
  }
  print(rejected === 0 ? 'rejects: none' : `rejects: ${count(rejected)}, each with its reason in ${rejects}`)
  if (dry_run) print('dry run: all of it was rolled back')
}
