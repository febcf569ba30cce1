import assert from 'node:assert/strict'
import { suite } from 'uvu'
import { rowDay, rowDigest, rowKey } from '../../tooling/lib/follow/digest.ts'
import { createRowRules } from '../../tooling/lib/move/row-rules.ts'
import type { SqlValue } from '../../tooling/lib/move/sqlite-values.ts'
import { type Column, TABLES } from '../../tooling/lib/move/tables.ts'
import { random } from '../../tooling/lib/samples/random.ts'
import { type Database, freshDatabase } from '../support/database.ts'

// The digests that a follower computes from SQLite's values are those that Postgres computes from its own.

const SEED = Number(process.env.SEED ?? Date.now() % 2 ** 31)
const { between, chance, pick } = random(SEED)

const test = suite('digests', {} as { db: Database })
test.before(async (context) => {
  context.db = await freshDatabase()
})
test.after(({ db }) => db?.drop())

const TEXTS = [
  '',
  ' ',
  'plain',
  '"quoted" \\ \t\n\r\b\f',
  '\u0001\u001f\u007f\u0080',
  '\u2028\ud83d\ude00',
  'null',
  'é\u0301',
]
const DATES = ['0001-01-01', '1969-12-31', '1999-12-31', '2000-01-01', '2024-02-29', '9999-12-31']
const OFFSETS = ['', 'Z', '+00:00', '-00:30', '+0530', '+14', '-03:30']
const DIGITS = '0123456789'

const instant = () => {
  const date = pick(DATES)
  if (chance(0.1)) return date
  const fraction = chance(0.5) ? `.${Array.from({ length: between(1, 6) }, () => pick([...DIGITS])).join('')}` : ''
  // Beyond the first and last day an offset would leave the years that are moved.
  const offset = /^(0001|9999)/.test(date) ? pick(['', 'Z']) : pick(OFFSETS)
  return `${date}${pick(['T', ' '])}${pick(['00:00:00', '23:59:59', '12:34:56'])}${fraction}${offset}`
}

const number = () => {
  const digits = (most: number) => Array.from({ length: between(1, most) }, () => pick([...DIGITS])).join('')
  const whole = chance(0.4) ? '0' : `${between(1, 9)}${digits(6)}`
  const exponent = chance(0.4) ? `${pick(['e', 'E'])}${pick(['', '+', '-'])}${between(0, 20)}` : ''
  return `${pick(['', '-'])}${whole}${chance(0.6) ? `.${digits(8)}` : ''}${exponent}`
}

test(`of every column, with values that can be written in several ways (seed ${SEED})`, async ({ db }) => {
  for (const table of TABLES) {
    const columns = table.columns.filter(({ computed }) => !computed)
    const layout = { table, sources: table.columns.map(({ name }) => name), ignored: [] }
    const applyRules = createRowRules(layout)
    for (let row = 1; row <= 60; row++) {
      const values = table.columns.map((column) => valueFor(column, table.key.includes(column.name), row))
      const vector = table.columns.findIndex(({ rule }) => rule.type === 'vector')
      const sign = table.columns.findIndex(({ computed }) => computed)
      if (sign >= 0) values[sign] = values[vector]!
      const fields = applyRules(values)
      assert.ok(Array.isArray(fields), JSON.stringify(fields))
      const stored = columns.map((column) => fields[table.columns.indexOf(column)]!)
      if (table.parent) await insertPost(db, String(row))
      await db.query(
        `insert into public.${table.target} (${columns.map(({ name }) => name).join(', ')})
        values (${columns.map((_, index) => `$${index + 1}`).join(', ')}) on conflict do nothing`,
        stored,
      )
      const [found] = await db.query<{ digest: string; key: string[]; day: string }>(
        "select digest, key, to_char(at at time zone 'UTC', 'YYYY-MM-DD') as day from public.row_digests where table_name = $1 and key::jsonb = $2::jsonb",
        [table.target, rowKey(table, fields)],
      )
      assert.ok(found, `${table.target} has no row ${rowKey(table, fields)}`)
      assert.equal(rowDigest(table, fields), found.digest, JSON.stringify(stored))
      assert.equal(rowDay(table, fields), found.day)
    }
    await db.query('truncate public.posts cascade')
  }
})

test.run()

function valueFor({ name, rule: { type }, computed }: Column, isKey: boolean, row: number): SqlValue {
  if (computed) return null
  if (type === 'timestamp') return instant()
  if (type === 'boolean') return pick(['0', '1', 'yes', 'F', null])
  if (type === 'vector')
    return `${pick(['', ' '])}[${Array.from({ length: between(0, 6) }, number).join(pick([',', ' , ', ',\n']))}]`
  if (name === 'status_id') return String(row)
  if (name === 'handle' || name === 'author_handle') return ` @Name${row} `
  if (/tier/.test(name)) return 'teammate'
  if (name === 'mode') return 'refresh-24h'
  if (name === 'dims') return null
  if (/likes|reposts|replies|views|count/.test(name))
    return pick([null, 0n, 7n, '', '12', '-0', '007', 9_223_372_036_854_775_807n])
  return isKey || /^(url|backend|model|text_hash)$/.test(name) ? `${pick(TEXTS)}${row}` : pick([...TEXTS, null])
}

async function insertPost(db: Database, id: string): Promise<void> {
  await db.query(
    "insert into public.posts (status_id, url, author_handle, discovered_at, last_seen_at) values ($1, 'u', 'a', now(), now()) on conflict do nothing",
    [id],
  )
}
