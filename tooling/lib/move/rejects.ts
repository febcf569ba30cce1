import { createHash } from 'node:crypto'
import type pg from 'pg'
import { Failure } from '../errors.ts'
import { hasFile, readLines } from '../files.ts'
import { copyIn } from '../postgres/copy.ts'
import { encodeLine } from './copy-lines.ts'
import type { RowReject } from './row-rules.ts'
import { TABLES } from './tables.ts'

const ROW = ',"row":'
const AGAIN = 'Import again: npm run import'

/** The records of a reject file, with a digest of each row. */
export const LISTED = 'pg_temp.listed'

/** The row is copied as it stands in the export: parsing it would round long integers. */
export function rejectLine(table: string, line: number, { field, reason }: RowReject, row: string): string {
  return `{"table":${JSON.stringify(table)},"line":${line},"field":${JSON.stringify(field)},"reason":${JSON.stringify(reason)}${ROW}${row}}\n`
}

export function digestRow(row: Buffer | string): string {
  return createHash('sha256').update(row).digest('hex')
}

/** Loads a reject file into LISTED, at constant memory; there are no records when it does not exist. */
export async function loadRejects(db: pg.Client, file: string): Promise<void> {
  await db.query(`
    drop table if exists ${LISTED};
    create temp table listed (source text, line bigint, field text, reason text, digest text, place bigint)
      on commit drop`)
  if (!hasFile(file)) return
  await copyIn(db, `copy ${LISTED} from stdin`, encodeRecords(file))
  const { rows } = await db.query(`
    select source, line, max(place) as place from ${LISTED} group by source, line having count(*) > 1
    order by place limit 1`)
  if (rows.length === 0) return
  const [{ source, line, place }] = rows
  throw new Failure(`${file} line ${place} repeats ${source} line ${line}.`, AGAIN)
}

async function* encodeRecords(file: string): AsyncGenerator<string> {
  for await (const { first, lines } of readLines(file))
    yield lines.map((text, index) => encodeRecord(file, first + index, text)).join('')
}

function encodeRecord(file: string, place: number, text: string): string {
  try {
    const { table, line, field, reason } = JSON.parse(text)
    // The row comes last, as rejectLine writes it.
    const row = text.slice(text.indexOf(ROW) + ROW.length, -1)
    const isRecord = TABLES.some(({ source }) => source === table) && Number.isSafeInteger(line)
    if (isRecord && isStorable(field) && isStorable(reason))
      return encodeLine([table, String(line), field, reason, digestRow(row), String(place)])
  } catch {
    // Not JSON: reported below, like any other line that is not a reject record.
  }
  throw new Failure(`${file} line ${place} is not a reject record.`, AGAIN)
}

function isStorable(text: unknown): text is string {
  return typeof text === 'string' && !text.includes('\0')
}
