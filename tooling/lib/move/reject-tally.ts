import { count as formatCount } from '../output.ts'
import type { RowReject } from './row-rules.ts'

const EXAMPLES = 3

/** How many rows of a table were rejected for the same kind of reason, with the first ones as examples. */
export type RejectCount = {
  table: string
  field: string
  kind: string
  rows: number
  examples: { line: number; reason: string }[]
}

/** Counts rejects by table, field and kind of reason: as many entries as there are rules, however many rows. */
export function createRejectTally() {
  const counts = new Map<string, RejectCount>()
  return {
    add(table: string, line: number, { field, reason, kind }: RowReject): void {
      const key = `${table} ${field} ${kind}`
      const count = counts.get(key) ?? { table, field, kind, rows: 0, examples: [] }
      counts.set(key, count)
      count.rows++
      if (count.examples.length < EXAMPLES) count.examples.push({ line, reason })
    },
    /** The most frequent first. */
    list: (): RejectCount[] => [...counts.values()].sort((a, b) => b.rows - a.rows),
  }
}

export type RejectTally = ReturnType<typeof createRejectTally>

const MAX_REASONS = 10

/** The most frequent reasons, each on a line of its own; empty when there are none. */
export function reasonLines(counts: readonly RejectCount[]): string {
  const width = Math.max(...counts.slice(0, MAX_REASONS).map(({ rows }) => formatCount(rows).length))
  const lines = counts.slice(0, MAX_REASONS).map(({ table, field, kind, rows, examples: [first] }) => {
    const value = first!.reason.endsWith(` ${kind}`) ? `${first!.reason.slice(0, -kind.length - 1)}, ` : ''
    return `\n    ${formatCount(rows).padStart(width)} ${table}.${field} ${kind} (${value}line ${first!.line})`
  })
  if (counts.length > MAX_REASONS) lines.push(`\n    and ${counts.length - MAX_REASONS} other reasons`)
  return lines.join('')
}
