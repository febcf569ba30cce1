import fc from 'fast-check'
import Database from '../../tooling/lib/move/sqlite-driver.ts'
import { TIERS } from '../../tooling/lib/tiers.ts'
import { SHAPES, type Shape } from './oracle.ts'
import type { SourceTable } from './support.ts'

/** Text that is not UTF-8 has to be cast; a JS number is a REAL, a bigint an INTEGER. */
type Cell = null | string | bigint | number | Buffer | { text: Buffer }

/** What the file is like: columns without a type keep every cell as it is. */
export type FileKind = { older?: boolean; typed?: boolean; integerIds?: boolean }

/** Writes a file with hostile rows, so many per table; the same seed gives the same file. */
export function writeHostile(file: string, kind: FileKind, rowsOf: Record<SourceTable, number>, seed: number): void {
  const db = new Database(file)
  const ids: Cell[] = []
  db.transaction(() => {
    for (const [table, shape] of Object.entries(SHAPES) as [SourceTable, Shape][]) {
      const names = nameOf(shape, kind.older)
      const defined = Object.entries(shape.columns).map(([name, is]) => `"${names[name]}" ${typeOf(is.kind, kind)}`)
      db.exec(`create table ${table} (${defined.join(', ')})`)
      for (const row of fc.sample(anyRow(shape, ids, kind), { numRuns: rowsOf[table], seed })) {
        const cells = Object.keys(shape.columns).map((name) => row[name]!)
        const marks = cells.map((cell) => (isBytes(cell) ? 'cast(? as text)' : '?'))
        const values = cells.map((cell) => (isBytes(cell) ? cell.text : cell))
        db.prepare(`insert into ${table} values (${marks.join(', ')})`).run(values)
        if (table === 'tweets') ids.push(row.status_id!)
      }
    }
  })()
  db.close()
}

function typeOf(kind: string, { typed, integerIds }: FileKind): string {
  if (!typed) return ''
  return ['count', 'integer', 'flag', integerIds ? 'id' : ''].includes(kind) ? 'integer' : 'text'
}

function isBytes(cell: Cell): cell is { text: Buffer } {
  return cell !== null && typeof cell === 'object' && 'text' in cell
}

/** A row of valid but unusual values; in one row of five, one cell is anything at all. Some reports have no post. */
function anyRow(shape: Shape, ids: Cell[], { integerIds }: FileKind): fc.Arbitrary<Record<string, Cell>> {
  const id: fc.Arbitrary<Cell> = integerIds
    ? bigId
    : fc.oneof(bigId.map(String), bigId, fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }))
  const ofPost =
    ids.length > 0 ? fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...ids) }, { weight: 1, arbitrary: id }) : id
  const columns = Object.entries(shape.columns)
  const cells = Object.fromEntries(
    columns.map(([name, { kind, required }]) => {
      const value: fc.Arbitrary<Cell> = kind === 'id' ? ofPost : GOOD[kind as keyof typeof GOOD]
      const often =
        required || kind === 'mode'
          ? value
          : fc.oneof({ weight: 4, arbitrary: value }, { weight: 1, arbitrary: fc.constant(null) })
      return [name, often]
    }),
  )
  const bad = fc.tuple(fc.nat(columns.length - 1), anyCell, fc.nat(4))
  return fc.tuple(fc.record(cells), bad).map(([row, [column, cell, chance]]) => {
    if ('dims' in row && row.dims !== null) row.dims = BigInt(JSON.parse(row.vector_json as string).length)
    if (chance === 0) row[columns[column]![0]] = cell
    return row
  })
}

const bigId = fc.oneof(
  { weight: 20, arbitrary: fc.noBias(fc.bigInt(1n, 2n ** 63n - 1n)) },
  fc.bigInt(2n ** 53n - 40n, 2n ** 53n + 40n),
  fc.constantFrom(0n, 1n, 2n ** 53n + 1n, 2n ** 63n - 1n),
)

const HARD = [
  '',
  '\\N',
  '\\.',
  '\\',
  '\t\tx\\ty',
  'line\r\nline\rline\n',
  'a\u2028b\u2029c\u0085d',
  '\ufeffBOM',
  'really \ufffd',
  '👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽 🇪🇺',
  'שלום \u202eمرحبا\u202c עולם',
  'Z\u0335\u0321a\u0300\u0316lgo',
  '\u0001\u001f\u007f',
  '{"$real":"1.5"}',
  '","row":{}}',
  "'; drop table posts; --",
  'null',
  '0',
]
const text = fc.oneof(
  { weight: 500, arbitrary: fc.constantFrom(...HARD) },
  { weight: 500, arbitrary: fc.string({ unit: 'binary', maxLength: 30 }).map((any) => any.replaceAll('\0', '')) },
  { weight: 500, arbitrary: fc.string({ unit: 'grapheme', maxLength: 30 }) },
  { weight: 2, arbitrary: fc.constant('huge 🌊\n\\'.repeat(30_000)) },
)
const count = fc.oneof(
  fc.bigInt(0n, 100_000n),
  fc.constantFrom(0n, -1n, 2n ** 31n, 2n ** 31n + 1n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)),
  fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n).map(String),
  fc.constantFrom<Cell>('', '0', '007', 5, -3, '-12'),
)
const two = (most: number, least = 0) =>
  fc.integer({ min: least, max: most }).map((number) => String(number).padStart(2, '0'))
const time = fc
  .tuple(
    fc.oneof(
      fc
        .tuple(fc.constantFrom('2024', '2026', '1999', '0001', '9999'), two(12, 1), two(28, 1))
        .map((parts) => parts.join('-')),
      fc.constantFrom('2024-02-29', '2000-02-29', '2026-12-31'),
    ),
    fc.oneof(
      fc.tuple(
        fc.constantFrom('T', ' '),
        fc.tuple(two(23), two(59), two(59)).map((parts) => parts.join(':')),
        fc.oneof(fc.constant(''), fc.stringMatching(/^\.\d{1,6}$/)),
        fc.constantFrom('', 'Z', '+00:00', '+05:30', '-0800', '+14', '-15:59'),
      ),
      fc.constant(['']),
      fc.constant(['T10:20']),
    ),
  )
  .map(([date, rest]) => date + rest.join(''))
const vector = fc
  .array(fc.double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 5 })
  .map((numbers) => JSON.stringify(numbers))

/** Valid values of each kind, by docs/rules.md. */
const GOOD = {
  text,
  origin: fc.oneof(fc.constantFrom('local-dispatcher', 'cron', ''), fc.string({ unit: 'grapheme', maxLength: 10 })),
  handle: fc
    .tuple(
      fc.constantFrom('', '@', ' @', '\t'),
      fc.stringMatching(/^[A-Za-z0-9_]{1,12}$/),
      fc.constantFrom('', ' ', '\n'),
    )
    .map((parts) => parts.join('')),
  tier: fc.constantFrom(...TIERS, 'Teammate', ' INFLUENCER\t'),
  mode: fc.constantFrom('priority', 'discovery', 'both', 'refresh24h', 'manual', 'refresh-24h', 'refresh_24h', ' Both'),
  flag: fc.constantFrom<Cell>(0n, 1n, 'true', 'F', 'yes', 'No', '1'),
  count,
  integer: count,
  time,
  vector,
} satisfies Record<string, fc.Arbitrary<Cell>>

/** Anything that a SQLite cell can hold, especially what cannot be moved. */
const anyCell: fc.Arbitrary<Cell> = fc.oneof(
  fc.constant(null),
  text,
  count,
  time,
  fc.string({ unit: 'binary', maxLength: 10 }).map((any) => `${any}\0${any}`),
  fc.uint8Array({ maxLength: 8 }).map((bytes) => ({ text: Buffer.from([0x61, ...bytes, 0xff]) })),
  fc.constantFrom('c0af', 'eda080', 'f8888080', '61f09f98').map((hex) => ({ text: Buffer.from(hex, 'hex') })),
  fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes)),
  fc.double({ noNaN: true }),
  fc.constantFrom<Cell>(1.5, 1e300, 12.0, 2 ** 60, '9223372036854775808', '1e3', '12.0', ' 7', 'many'),
  fc.constantFrom(
    'yesterday',
    '2026-02-30',
    '2025-02-29T00:00:00Z',
    '2026-13-01',
    '2026-01-01T24:00',
    '2026-01-01T00:00:00+99:00',
    '9999-12-31T23:59:59-05:00',
    '0001-01-01 00:30+01:00',
    '1767225600',
  ),
  fc.constantFrom('boss', 'Teammate', 'team mate', 'hourly', 'maybe', '@', ' ', 'x'.repeat(1_001)),
  fc.constantFrom('[1,NaN]', '[1e400]', '{"a":1}', '["1"]', '[1,2', '[1,2,3,4,5,6,7,8,9]'),
)

/** What a column is called in this file. */
export function nameOf({ columns }: Shape, older = false): Record<string, string> {
  return Object.fromEntries(Object.entries(columns).map(([name, is]) => [name, (older && is.older) || name]))
}
