import type { TOOL } from '../manifest.ts'
import type { Difference } from './compare.ts'

export type Check = { title: string; ok: boolean; detail: string }

/** A cell of a random post, as both sides hold it. */
export type SampleCell = { field: string; sqlite: string | null; postgres: string | null }

export type Validation = {
  tool: typeof TOOL
  validated_at: string
  ok: boolean
  snapshot: { file: string; sha256: string; source: string; created_at: string }
  database: { name: string; server: string }
  checks: Check[]
  tables: Record<string, { read: number; rejected: number; expected: number; found: number; differences: number }>
  /** At most 1,000 of each table; the tables count all. */
  differences: Difference[]
  sample: { seed: number; posts: { status_id: string; equal: boolean; cells: SampleCell[] }[] }
  /** What Postgres fills by itself: there is nothing in the source to compare it with. */
  not_compared: Record<string, readonly string[]>
}
