import { existsSync } from 'node:fs'
import { Failure } from './errors.ts'
import { linesOf } from './files.ts'
import type { RowReject } from './rows.ts'

/** One line of the reject file: a source row that is not in Postgres, why, and the whole row. */
export type RejectRecord = RowReject & { table: string; line: number; row: unknown }

/** The row is put in as the bytes it has in the export: nothing of it passes through a JS value. */
export function rejectLine(table: string, line: number, { field, reason }: RowReject, row: string): string {
  return `{"table":${JSON.stringify(table)},"line":${line},"field":${JSON.stringify(field)},"reason":${JSON.stringify(reason)},"row":${row}}\n`
}

/** The lines of each table that the reject file accounts for; none when there is no such file. */
export async function rejectedLines(file: string): Promise<Map<string, Map<number, RowReject>>> {
  const tables = new Map<string, Map<number, RowReject>>()
  if (!existsSync(file)) return tables
  for await (const { first, lines } of linesOf(file)) {
    lines.forEach((text, index) => {
      const { table, line, field, reason } = parse(file, first + index, text)
      const known = tables.get(table) ?? new Map<number, RowReject>()
      tables.set(table, known.set(line, { field, reason }))
    })
  }
  return tables
}

function parse(file: string, number: number, text: string): RejectRecord {
  try {
    const record = JSON.parse(text)
    if (typeof record.table === 'string' && Number.isInteger(record.line)) return record
  } catch {
    // Said below, as any line that is not one of ours.
  }
  throw new Failure(`${file} line ${number} is no reject record.`, 'Import again: npm run import')
}
