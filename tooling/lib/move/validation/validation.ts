import type { TOOL } from '../manifest.ts'
import type { Difference } from './compare.ts'

export type Check = { title: string; ok: boolean; detail: string }

/** A cell of a random post on both sides. */
export type SampleCell = { field: string; sqlite: string | null; postgres: string | null }

export type Validation = {
  tool: typeof TOOL
  validated_at: string
  ok: boolean
  snapshot: { file: string; sha256: string; source: string; created_at: string }
  database: { name: string; server: string }
  checks: Check[]
  tables: Record<string, { read: number; rejected: number; expected: number; found: number; differences: number }>
  /** At most 1,000 per table and kind; `tables` counts all. */
  differences: Difference[]
  sample: { seed: number; posts: { status_id: string; equal: boolean; cells: SampleCell[] }[] }
  /** Columns that Postgres fills itself: the source has nothing to compare them with. */
  not_compared: Record<string, readonly string[]>
}
