import { isUtf8 } from 'node:buffer'
import { randomUUID } from 'node:crypto'
import { createAscendingReader } from './ascending.ts'
import { splitAtLiterals } from './json-literals.ts'
import { MAX_ROW_BYTES } from './row-rules.ts'
import type { Layout } from './source-columns.ts'
import { inspectTable, quoted } from './source-schema.ts'
import { encodingOf, isWellFormedUtf16, type Source } from './sqlite.ts'
import { Blob, InvalidText, Real, type SqlValue, TooLong } from './sqlite-values.ts'

/** json_object takes 1,000 arguments, two for each column. */
const COLUMNS_PER_OBJECT = 400

/**
 * Each row as the bytes of one JSON line, made by SQLite itself: several times faster than through JS values, and
 * integers keep all their digits. What JSON cannot represent becomes an object: {"$real":"0.5"}, {"$blob":"00ff"},
 * {"$invalid_utf8":"61ff"} (the last two in hex), and a long value of a row that is too long {"$too_long":270000000}.
 */
export function* readJsonLines(db: Source, layout: Layout): Generator<Buffer> {
  const { cells, toLine } = jsonLine(db, layout)
  const { from } = inspectTable(db, layout.table.source)
  const rows = db.prepare(`select ${cells} ${from}`).raw().iterate() as Iterable<(Buffer | string)[]>
  for (const row of rows) yield toLine(row)
}

/** What to select for a row's JSON line, and what makes the line of it. */
export function jsonLine(db: Source, layout: Layout): { cells: string; toLine: (row: (Buffer | string)[]) => Buffer } {
  const { columns } = inspectTable(db, layout.table.source)
  const isTooLong = tooLongConditions(layout)
  const utf16 = encodingOf(db) !== 'UTF-8'
  const pairs = columns.map(({ name, computed }) => {
    const column = quoted(name)
    const hex = `lower(hex(cast(${column} as blob)))`
    const tooLong = `when ${isTooLong(name)} then json_object('$too_long', octet_length(${column}))`
    const malformed = `when not is_well_formed(cast(${column} as blob)) then json_object('$invalid_utf16', ${hex})`
    // An expression may have SQLite's JSON subtype, which json_object would embed instead of quoting.
    const text = computed ? `${column} || ''` : column
    return `'${name.replaceAll("'", "''")}', case typeof(${column})
      when 'text' then case ${tooLong} ${utf16 ? malformed : ''} else ${text} end
      when 'integer' then ${column}
      when 'real' then json_object('$real', printf('%!.17g', ${column}))
      when 'blob' then case ${tooLong} else json_object('$blob', ${hex}) end
      end`
  })
  const objects: string[] = []
  for (let at = 0; at < pairs.length; at += COLUMNS_PER_OBJECT)
    objects.push(`json_object(${pairs.slice(at, at + COLUMNS_PER_OBJECT).join(', ')})`)
  objects.push(`${objects.pop()} || char(10)`)

  // In a UTF-16 file a cast to BLOB would give UTF-16; the driver converts text to UTF-8.
  const cells = objects.map((object) => (utf16 ? object : `cast(${object} as blob)`))
  return {
    cells: cells.join(', '),
    toLine(row) {
      const parts = row.map((part) => (typeof part === 'string' ? Buffer.from(part) : part))
      const line = parts.length === 1 ? parts[0]! : joinObjects(parts)
      return isUtf8(line) ? line : encodeInvalidText(line)
    },
  }
}

/** One JSON object with the members of all of them, in their order. */
function joinObjects(objects: Buffer[]): Buffer {
  const comma = Buffer.from(',')
  const last = objects.length - 1
  return Buffer.concat(
    objects.flatMap((object, index) => [
      index === 0 ? Buffer.alloc(0) : comma,
      object.subarray(index === 0 ? 0 : 1, index === last ? undefined : -1),
    ]),
  )
}

/** As latin1 each character is one byte, so that literals that are not UTF-8 can be found and everything else stays. */
function encodeInvalidText(line: Buffer): Buffer {
  const marked = splitAtLiterals(line.toString('latin1')).map((piece) => {
    if (isUtf8(Buffer.from(piece, 'latin1'))) return piece
    return `{"$invalid_utf8":"${Buffer.from(JSON.parse(piece), 'latin1').toString('hex')}"}`
  })
  return Buffer.from(marked.join(''), 'latin1')
}

/** Stands for a value of a row that is too long, before its length; no value can begin with it by chance. */
const TOO_LONG = `too long ${randomUUID()} `

/** Each row as typed values in the order of the layout's existing columns. Independent of readJsonLines, to check it. */
export function* readTypedRows(db: Source, layout: Layout): Generator<SqlValue[]> {
  const { cells, byteCells, toValues } = typedRow(db, layout)
  const { from } = inspectTable(db, layout.table.source)
  const byteRows = db.prepare(`select ${byteCells} ${from}`).raw()
  const bytes = createAscendingReader(() => byteRows.iterate() as Iterable<(Buffer | null)[]>)
  const rows = db.prepare(`select ${cells} ${from}`).raw().safeIntegers().iterate() as Iterable<unknown[]>
  let line = 0
  try {
    for (const row of rows) {
      const at = line++
      yield toValues(row, () => bytes.read(at)!)
    }
  } finally {
    bytes.close()
  }
}

/** What to select for a row's typed values and, where these leave a doubt, for their bytes; and what makes values of it. */
export function typedRow(db: Source, layout: Layout) {
  const isTooLong = tooLongConditions(layout)
  const names = layout.sources.filter((name) => name !== undefined)
  const values = names.map(
    (name) =>
      `case when ${isTooLong(name)} then '${TOO_LONG}' || octet_length(${quoted(name)}) else ${quoted(name)} end`,
  )
  const encoding = encodingOf(db)
  return {
    cells: values.join(', '),
    byteCells: names.map((name) => `cast(${quoted(name)} as blob)`).join(', '),
    toValues: (row: unknown[], readBytes: () => (Buffer | null)[]) => toSqlValues(row, encoding, readBytes),
  }
}

/** Replaces what the driver returns by typed values, in place. `readBytes` returns the same row with each value as its bytes. */
function toSqlValues(row: unknown[], encoding: string, readBytes: () => (Buffer | null)[]): SqlValue[] {
  let bytes: (Buffer | null)[] | undefined
  for (let index = 0; index < row.length; index++) {
    const value = row[index]
    if (typeof value === 'number') row[index] = Real.of(value)
    else if (value instanceof Uint8Array) row[index] = new Blob(Buffer.from(value).toString('hex'))
    else if (typeof value === 'string') {
      if (value.startsWith(TOO_LONG)) row[index] = new TooLong(Number(value.slice(TOO_LONG.length)))
      else if (encoding !== 'UTF-8' || value.includes('\ufffd')) {
        bytes ??= readBytes()
        row[index] = checkText(value, bytes[index]!, encoding)
      }
    }
  }
  return row as SqlValue[]
}

/** The driver and SQLite repair text that is invalid in its encoding: only the bytes tell whether they did. */
function checkText(text: string, bytes: Buffer, encoding: string): string | InvalidText {
  if (encoding === 'UTF-8') return isUtf8(bytes) ? text : new InvalidText(bytes.toString('hex'), 'UTF-8')
  return isWellFormedUtf16(bytes, encoding) ? text : new InvalidText(bytes.toString('hex'), 'UTF-16')
}

/**
 * SQL conditions for the values that are not read: of a row whose moved columns exceed the limit together, those that
 * are long enough to cause that; of other columns those that could. A shorter value costs one comparison.
 */
function tooLongConditions({ sources, ignored }: Layout): (name: string) => string {
  const moved = [...new Set(sources.filter((name) => name !== undefined))]
  const total = moved.map((name) => `ifnull(octet_length(${quoted(name)}), 0)`).join(' + ')
  return (name) => {
    const length = `octet_length(${quoted(name)})`
    if (!moved.includes(name)) return `${length} > ${Math.floor(MAX_ROW_BYTES / ignored.length)}`
    return `${length} > ${Math.floor(MAX_ROW_BYTES / moved.length)} and ${total} > ${MAX_ROW_BYTES}`
  }
}
