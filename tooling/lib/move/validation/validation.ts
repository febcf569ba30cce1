import type { TOOL } from '../manifest.ts'
import type { RejectCount } from '../reject-tally.ts'
import type { NotMoved } from '../source-schema.ts'
import type { Difference } from './compare.ts'

export type Check = { title: string; ok: boolean; detail: string }

/** A cell of a random post on both sides. */
export type SampleCell = { field: string; sqlite: string | null; postgres: string | null }

/** How many rows each side has: read = rejected + deleted + expected, and expected = found when nothing differs. */
export type TableCounts = {
  read: number
  rejected: number
  deleted: number
  expected: number
  found: number
  differences: number
}

export type Validation = {
  tool: typeof TOOL
  validated_at: string
  ok: boolean
  snapshot: { file: string; sha256: string; source: string; created_at: string }
  database: { host: string; port: number; name: string; server: string }
  checks: Check[]
  tables: Record<string, TableCounts>
  /** At most 1,000 per table and kind; `tables` counts all. */
  differences: Difference[]
  /** Why rows were rejected, the most frequent reasons first. */
  rejects: RejectCount[]
  /** Vectors with a negative zero, whose sign Postgres does not keep. */
  negative_zeros: number
  /** What is in the source and not moved. */
  not_moved: NotMoved
  sample: { seed: number; posts: { status_id: string; equal: boolean; cells: SampleCell[] }[] }
  /** Columns that Postgres fills itself: the source has nothing to compare them with. */
  not_compared: Record<string, readonly string[]>
}
