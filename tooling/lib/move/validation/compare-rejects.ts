import type { RowReject } from '../copy-lines.ts'
import type { Rejected } from '../rejects.ts'
import { jsonLines, type Source } from '../sqlite.ts'
import type { Difference } from './compare.ts'

/** Rule 1 the other way round: what is not in Postgres must stand in the reject file, and nothing else may. */
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
  for (const bytes of jsonLines(source, table)) {
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
  for (const beyond of listed.keys())
    if (beyond > line) name(beyond, 'wrong in the reject file', 'there is no such line')
  return differences
}
