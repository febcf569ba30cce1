import { existsSync } from 'node:fs'
import { Failure } from '../errors.ts'
import { readLines } from '../files.ts'
import type { RowReject } from './row-rules.ts'
import { TABLES } from './tables.ts'

const ROW = ',"row":'
const AGAIN = 'Import again: npm run import'

/** A record of the reject file: why a source row is not in Postgres, and the row as the export wrote it. */
export type Rejected = RowReject & { row: string }

/** The row is copied as it stands in the export: parsing it would round long integers. */
export function rejectLine(table: string, line: number, { field, reason }: RowReject, row: string): string {
  return `{"table":${JSON.stringify(table)},"line":${line},"field":${JSON.stringify(field)},"reason":${JSON.stringify(reason)}${ROW}${row}}\n`
}

/** The rejected lines of each table; none when the file does not exist. */
export async function readRejects(file: string): Promise<Map<string, Map<number, Rejected>>> {
  const tables = new Map<string, Map<number, Rejected>>()
  if (!existsSync(file)) return tables
  for await (const { first, lines } of readLines(file)) {
    lines.forEach((text, index) => {
      const { table, line, ...rejected } = parseReject(file, first + index, text)
      const ofTable = tables.get(table) ?? new Map<number, Rejected>()
      if (ofTable.has(line)) throw new Failure(`${file} line ${first + index} repeats ${table} line ${line}.`, AGAIN)
      tables.set(table, ofTable.set(line, rejected))
    })
  }
  return tables
}

function parseReject(file: string, number: number, text: string): Rejected & { table: string; line: number } {
  try {
    const { table, line, field, reason } = JSON.parse(text)
    if (TABLES.some(({ source }) => source === table) && Number.isInteger(line)) {
      // The row comes last, as rejectLine writes it.
      return { table, line, field, reason, row: text.slice(text.indexOf(ROW) + ROW.length, -1) }
    }
  } catch {
    // Not JSON: reported below, like any other line that is not a reject record.
  }
  throw new Failure(`${file} line ${number} is not a reject record.`, AGAIN)
}
