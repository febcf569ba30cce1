import { existsSync } from 'node:fs'
import { Failure } from '../errors.ts'
import { linesOf } from '../files.ts'
import type { RowReject } from './copy-lines.ts'
import { TABLES } from './tables.ts'

const ROW = ',"row":'
const AGAIN = 'Import again: npm run import'

/** What the reject file says of one source row: why it is not in Postgres, and the row as the export wrote it. */
export type Rejected = RowReject & { row: string }

/** The row is put in as the bytes it has in the export: nothing of it passes through a JS value. */
export function rejectLine(table: string, line: number, { field, reason }: RowReject, row: string): string {
  return `{"table":${JSON.stringify(table)},"line":${line},"field":${JSON.stringify(field)},"reason":${JSON.stringify(reason)}${ROW}${row}}\n`
}

/** The rejected lines of each table; none when there is no such file. */
export async function readRejects(file: string): Promise<Map<string, Map<number, Rejected>>> {
  const tables = new Map<string, Map<number, Rejected>>()
  if (!existsSync(file)) return tables
  for await (const { first, lines } of linesOf(file)) {
    lines.forEach((text, index) => {
      const { table, line, ...rejected } = parse(file, first + index, text)
      const ofTable = tables.get(table) ?? new Map<number, Rejected>()
      if (ofTable.has(line)) throw new Failure(`${file} line ${first + index} repeats ${table} line ${line}.`, AGAIN)
      tables.set(table, ofTable.set(line, rejected))
    })
  }
  return tables
}

function parse(file: string, number: number, text: string): Rejected & { table: string; line: number } {
  try {
    const { table, line, field, reason } = JSON.parse(text)
    if (TABLES.some(({ source }) => source === table) && Number.isInteger(line)) {
      // The row stands last, as rejectLine writes it; parsed, its long integers would be rounded.
      return { table, line, field, reason, row: text.slice(text.indexOf(ROW) + ROW.length, -1) }
    }
  } catch {
    // Said below, as any line that is not one of ours.
  }
  throw new Failure(`${file} line ${number} is no reject record.`, AGAIN)
}
