import { count, countOf, escapeName, print, rowCount } from '../output.ts'
import type { ImportReport } from './import.ts'
import type { Migration } from './migrate.ts'
import { reasonLines } from './reject-tally.ts'
import type { Snapshot } from './snapshot.ts'
import { notMovedLines } from './source-schema.ts'
import { describe } from './sqlite-values.ts'
import { POSTS } from './tables.ts'
import type { Validation } from './validation/validation.ts'

/** One line of counts per table, the derived metric history, and where the rejects are. */
export function showImport(report: ImportReport): void {
  const { tables, outdated, snapshots, rejected, rejects, reasons, negative_zeros, dry_run } = report
  for (const [table, { read, inserted, updated, unchanged, rejected, deleted }] of Object.entries(tables)) {
    print(
      `${table}: ${count(read)} read = ${count(inserted)} inserted + ${count(updated)} updated + ${count(unchanged)} unchanged + ${count(rejected)} rejected${deleted > 0 ? ` + ${count(deleted)} deleted` : ''}`,
    )
  }
  if (outdated > 0) print(`metric history of corrected instants: ${count(outdated)} removed`)
  for (const [type, { inserted, updated, unchanged }] of Object.entries(snapshots)) {
    print(
      `metric history, ${type}: ${count(inserted)} inserted + ${count(updated)} updated + ${count(unchanged)} unchanged`,
    )
  }
  if (negative_zeros > 0)
    print(`vectors with -0: ${count(negative_zeros)}, which Postgres stores as 0 (docs/rules.md#rule-8)`)
  print(rejected === 0 ? 'rejects: none' : `rejects: ${count(rejected)}, listed in ${rejects}${reasonLines(reasons)}`)
  if (dry_run) print('dry run: everything was rolled back')
}

/** How many differences are printed; the report has more. */
const MAX_PRINTED = 20

/** Each check, the first differences, and where the report is. */
export function showValidation({
  checks,
  differences,
  rejects,
  tables,
  ok,
  html,
}: Validation & { html: string }): void {
  for (const { ok, title, detail } of checks) print(`${ok ? 'ok  ' : 'FAIL'}  ${title}: ${detail}`)
  for (const { table, key, kind, field, sqlite, postgres } of differences.slice(0, MAX_PRINTED)) {
    const cell = kind === 'changed' ? `.${field}: ${format(sqlite)} in SQLite, ${format(postgres)} in Postgres` : ''
    print(`      ${table} ${escapeName(key)} ${kind}${cell}`)
  }
  if (differences.length > MAX_PRINTED) print(`      ... ${count(differences.length - MAX_PRINTED)} more in ${html}`)
  const rejected = rejects.reduce((sum, { rows }) => sum + rows, 0)
  const deleted = Object.values(tables).reduce((sum, table) => sum + table.deleted, 0)
  const exceptions = [
    ...(rejected > 0 ? [`${count(rejected)} rejected ${rejected === 1 ? 'row' : 'rows'}`] : []),
    ...(deleted > 0 ? [`${rowCount(deleted)} deleted on request`] : []),
  ]
  const equal = exceptions.length === 0 ? 'both sides are equal' : `equal, except for ${exceptions.join(' and ')}`
  print(ok ? `validated: ${equal} (${html})` : `validation failed: see ${html}`)
}

function format(value: string | null | undefined): string {
  return value === null || value === undefined ? 'NULL' : describe(value)
}

/** The result of the whole move: the counts of each step, and the conclusion. */
export function showMigration(migration: Migration): void {
  showSnapshot(migration.snapshot)
  if (migration.import) showImport(migration.import)
  if (migration.validation?.ok) showValidation(migration.validation)
  showMoved(migration)
}

/** The conclusion: 'moved: 427 posts, nothing lost' once it is proved, else what the validation found. */
export function showMoved({ import: imported, validation }: Migration): void {
  if (validation?.ok === false) showValidation(validation)
  if (!imported || !validation?.ok) return
  const { read, rejected, deleted } = imported.tables[POSTS.target]!
  const lost =
    imported.rejected === 0 ? 'nothing lost' : `${rowCount(imported.rejected)} rejected, each with its reason`
  const skipped = deleted > 0 ? `, ${count(deleted)} skipped that were deleted on request` : ''
  print(`moved: ${countOf(read - rejected - deleted, 'post')}, ${lost}${skipped}`)
}

export function showSnapshot({ path, tables, not_moved, foreign_key_check, snapshot }: Snapshot): void {
  for (const [table, rows] of Object.entries(tables)) print(`${table}: ${count(rows)}`)
  for (const line of notMovedLines(not_moved)) print(`not moved: ${line}`)
  if (foreign_key_check.violations > 0) print(`broken references: ${count(foreign_key_check.violations)}`)
  print(`${path} (SHA-256 ${snapshot.sha256})`)
}
