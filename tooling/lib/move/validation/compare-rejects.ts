import type { Rejected } from '../rejects.ts'
import type { RowReject } from '../row-rules.ts'
import { readJsonLines, type Source } from '../sqlite.ts'
import type { Difference } from './compare.ts'

/** Compares the reject file with the rows that the rules reject: it must list each of them, and nothing else. docs/rules.md#rule-1 */
export function compareRejects(
  source: Source,
  table: string,
  rejected: Map<number, RowReject>,
  listed: Map<number, Rejected>,
): Difference[] {
  const differences: Difference[] = []
  const name = (line: number, kind: Difference['kind'], sqlite: string) =>
    differences.push({ table, key: `line ${line}`, kind, sqlite })
  if (rejected.size === 0 && listed.size === 0) return []
  let line = 0
  for (const bytes of readJsonLines(source, table)) {
    line++
    const [entry, reject] = [listed.get(line), rejected.get(line)]
    if (!entry && !reject) continue
    const row = bytes.toString('utf8').trimEnd()
    if (!entry) name(line, 'not in the reject file', row)
    else if (!reject) name(line, 'wrong in the reject file', `can be moved: ${row}`)
    else if (entry.row !== row) name(line, 'wrong in the reject file', row)
    else if (entry.field !== reject.field || entry.reason !== reject.reason)
      name(line, 'wrong in the reject file', `${reject.field} ${reject.reason}`)
  }
  for (const beyond of listed.keys()) if (beyond > line) name(beyond, 'wrong in the reject file', 'no such line')
  return differences
}
