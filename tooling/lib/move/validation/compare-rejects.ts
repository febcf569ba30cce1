import type pg from 'pg'
import { createAscendingReader } from '../ascending.ts'
import type { RejectTally } from '../reject-tally.ts'
import { digestRow, LISTED } from '../rejects.ts'
import type { Layout } from '../source-columns.ts'
import { readJsonLines } from '../source-rows.ts'
import type { Source } from '../sqlite.ts'
import { EXCLUDED } from '../staging.ts'
import { type Difference, MAX_LISTED, MAX_LISTED_LENGTH } from './compare.ts'

/** Few enough that the objects of a batch take less memory than the modules do. */
const FETCH_ROWS = 1_000

/** A line that the rules reject, or that the reject file lists, or both. */
type Pair = {
  line: number
  field: string | null
  reason: string | null
  kind: string | null
  listed: boolean
  listed_field: string
  listed_reason: string
  digest: string
}

export type RejectComparison = { rejected: number; differences: number; named: Difference[] }

/**
 * Compares the reject file with the rows that the rules reject: it must list each of them, and nothing else.
 * docs/rules.md#rule-1
 */
export async function compareRejects(
  db: pg.Client,
  source: Source,
  layout: Layout,
  tally: RejectTally,
): Promise<RejectComparison> {
  const table = layout.table.source
  const result: RejectComparison = { rejected: 0, differences: 0, named: [] }
  const report = (line: number, kind: Difference['kind'], sqlite: string) => {
    result.differences++
    if (result.named.length < MAX_LISTED) result.named.push({ table, key: `line ${line}`, kind, sqlite })
  }

  const rows = createAscendingReader(() => readJsonLines(source, layout))
  try {
    for await (const pair of readPairs(db, table)) {
      const { line, field, reason, kind } = pair
      const row = line < 1 ? undefined : rows.read(line - 1)?.subarray(0, -1)
      const text = row?.subarray(0, MAX_LISTED_LENGTH).toString('utf8') ?? ''
      if (field !== null && reason !== null && kind !== null) {
        result.rejected++
        tally.add(table, line, { field, reason, kind })
      }
      if (row === undefined) report(line, 'wrong in the reject file', 'no such line')
      else if (!pair.listed) report(line, 'not in the reject file', text)
      else if (field === null) report(line, 'wrong in the reject file', `can be moved: ${text}`)
      else if (pair.digest !== digestRow(row)) report(line, 'wrong in the reject file', text)
      else if (pair.listed_field !== field || pair.listed_reason !== reason)
        report(line, 'wrong in the reject file', `${field} ${reason}`)
    }
  } finally {
    rows.close()
  }
  return result
}

async function* readPairs(db: pg.Client, table: string): AsyncGenerator<Pair> {
  await db.query(
    `declare rejects no scroll cursor for
    select line::int, here.field, here.reason, here.kind, there.digest is not null as listed,
      there.field as listed_field, there.reason as listed_reason, there.digest
    from ${EXCLUDED} here
    full join (select * from ${LISTED} where source = $1) there using (line)
    order by line`,
    [table],
  )
  for (;;) {
    const { rows } = await db.query<Pair>(`fetch ${FETCH_ROWS} from rejects`)
    yield* rows
    if (rows.length < FETCH_ROWS) break
  }
  await db.query('close rejects')
}
