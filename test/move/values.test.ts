import assert from 'node:assert/strict'
import fc from 'fast-check'
import { suite } from 'uvu'
import { encodeLine, parseLine } from '../../tooling/lib/move/copy-lines.ts'
import { createRowRules } from '../../tooling/lib/move/row-rules.ts'
import { findLayout } from '../../tooling/lib/move/source-columns.ts'
import { Blob, InvalidText, Real, type SqlValue } from '../../tooling/lib/move/sqlite-values.ts'
import { TABLES } from '../../tooling/lib/move/tables.ts'
import {
  boolean,
  handle,
  hasNegativeZero,
  integer,
  key,
  Reject,
  type Rule,
  required,
  shortText,
  text,
  vector,
} from '../../tooling/lib/move/values.ts'
import { TIERS } from '../../tooling/lib/tiers.ts'
import { type Database, freshDatabase } from '../support/database.ts'
import { rejected } from './support.ts'

const test = suite('the rules for values')
const tweets = findLayout(
  TABLES.find(({ source }) => source === 'tweets')!,
  ['status_id', 'url', 'author_handle', 'discovered_at', 'last_seen_at'],
  'a file',
)
let db: Database

test.before(async () => {
  db = await freshDatabase({ migrated: false })
})
test.after(() => db.drop())

test('a status_id keeps all its digits, as text, as a small integer and as one beyond 2^53', () => {
  for (const id of ['1', '0012', '9007199254740993', '18446744073709551617', ' 12 ', 'abc', '1e3'])
    assert.equal(key(id), id)
  assert.equal(key(42), '42')
  assert.equal(key(9_007_199_254_740_993n), '9007199254740993')
  assert.equal(key(-9_223_372_036_854_775_808n), '-9223372036854775808')
})

test('integers of any length keep all their digits in a line of the export; digits in texts are left alone', () => {
  fc.assert(
    fc.property(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), fc.string({ unit: 'binary' }), (number, noise) => {
      const said = `${noise}": 1234567890123456789, "`.toWellFormed()
      const line = `{"status_id":${number},"url":${JSON.stringify(said)},"likes":[${number}]}`
      const [id, url] = parseLine(line, tweets)!
      assert.equal(BigInt(id as bigint), number)
      assert.equal(url, said)
    }),
  )
})

test('a text of millions of line breaks next to a long integer is read like any other', () => {
  const breaks = '\n'.repeat(6_000_000)
  const values = parseLine(`{"status_id":1234567890123456789,"url":${JSON.stringify(breaks)}}`, tweets)!
  assert.deepEqual(values.slice(0, 2), [1_234_567_890_123_456_789n, breaks])
})

test('a status_id that is empty, missing, a real number or a BLOB is rejected', () => {
  rejected(key, '', 'is empty, but required')
  rejected(required(key), null, 'is empty, but required')
  rejected(key, Real.of(1e18), 'the real number 1000000000000000000 is not text')
  rejected(key, new Blob('00ff'), 'a BLOB is not text')
})

test('a key has at most 1,000 bytes, which an index can hold', () => {
  assert.equal(key('é'.repeat(500)), 'é'.repeat(500))
  rejected(key, `${'é'.repeat(500)}x`, 'is longer than 1000 bytes')
  assert.equal(shortText(''), '')
  rejected(shortText, 'x'.repeat(1001), 'is longer than 1000 bytes')
})

test('handles are trimmed, lose one leading @, and become lower case', () => {
  const cases = [
    ['Alice', 'alice'],
    [' \t@Alice\r\n', 'alice'],
    ['@@alice', '@alice'],
    ['al@ice', 'al@ice'],
    ['ÄRGER_1', 'ärger_1'],
    ['\u00a0Bob\u2003', 'bob'],
  ]
  for (const [given, stored] of cases) assert.equal(handle(given!), stored)
  assert.equal(handle(12345), '12345')
  for (const empty of ['', ' ', '@', ' @ ']) rejected(handle, empty, /^is empty, but required$/)
  assert.equal(handle(null), null)
})

test('every spelling of a handle gives the same handle', () => {
  const blank = fc.string({ unit: fc.constantFrom(' ', '\t', '\n', '\r') })
  fc.assert(
    fc.property(fc.stringMatching(/^[A-Za-z0-9_]{1,15}$/), blank, blank, fc.boolean(), (name, before, after, at) => {
      let lower = ''
      for (const letter of name)
        lower += letter >= 'A' && letter <= 'Z' ? String.fromCharCode(letter.charCodeAt(0) + 32) : letter
      assert.equal(handle(before + (at ? '@' : '') + name + after), lower)
    }),
  )
})

test('integers of 64 bits are kept, as numbers and as digits; larger ones are rejected', () => {
  const edge = fc.constantFrom(0n, 2n ** 31n, 2n ** 53n, 2n ** 63n, 2n ** 64n, 10n ** 30n)
  fc.assert(
    fc.property(edge, fc.bigInt(-3n, 3n), fc.boolean(), (near, by, negative) => {
      const number = (negative ? -near : near) + by
      const fits = BigInt.asIntN(64, number) === number
      const written = integer(String(number))
      assert.equal(written instanceof Reject ? 'rejected' : written, fits ? String(number) : 'rejected')
      if (fits) assert.equal(integer(number), String(number))
    }),
    { numRuns: 2000 },
  )
  rejected(integer, '9223372036854775808', "'9223372036854775808' is beyond 64 bits")
  rejected(integer, '-9223372036854775809', "'-9223372036854775809' is beyond 64 bits")
})

test('0 is a value; empty and null are null', () => {
  assert.equal(integer(0), '0')
  assert.equal(integer('0'), '0')
  assert.equal(integer('-0'), '0')
  assert.equal(integer('007'), '7')
  assert.equal(integer(''), null)
  assert.equal(integer(null), null)
})

test('digits without end are beyond 64 bits, and read in no time', () => {
  assert.ok((integer('9'.repeat(10_000_000)) as Reject).kind === 'is beyond 64 bits')
  assert.equal(integer(`-${'0'.repeat(1_000)}7`), '-7')
})

test('a count that is written in short is rejected as such', () => {
  for (const written of ['1.2K', '3M', '15,3 k'])
    rejected(integer, written, `'${written}' is not an integer; it looks like an abbreviated number`)
})

test('a REAL is an integer when it is whole and has lost no digits', () => {
  assert.equal(integer(Real.of(5)), '5')
  assert.equal(integer(Real.of(-999_999_999_999_999)), '-999999999999999')
  rejected(integer, Real.of(1e15), 'the real number 1000000000000000 is not an integer')
  rejected(integer, Real.of(0.5), 'the real number 0.5 is not an integer')
  rejected(integer, Real.of(Number.POSITIVE_INFINITY), 'the real number Infinity is not an integer')
})

test('anything else is not an integer', () => {
  for (const written of ['1.0', '1e3', '+1', ' 1', '1 ', '1,000', '0x10', 'many', '--1', '-', '１'])
    rejected(integer, written, `'${written}' is not an integer`)
  // Control characters must not reach a terminal.
  rejected(integer, '1\0\x1b[2J', "'1\\u0000\\u001b[2J' is not an integer")
  rejected(integer, new Blob('31'), 'a BLOB is not an integer')
  rejected(integer, new InvalidText('ff', 'UTF-8'), 'text that is not valid UTF-8 is not an integer')
})

test('text is kept to the character, and empty stays empty', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 50 }), (any) => {
      const fits = !any.includes('\0') && any === any.toWellFormed()
      const result = text(any)
      if (fits) assert.equal(result, any)
      else assert.ok(result instanceof Reject)
    }),
    { numRuns: 3000 },
  )
  assert.equal(text(''), '')
  assert.equal(text(null), null)
  assert.equal(text('\ufeff\ufffd\uffff'), '\ufeff\ufffd\uffff')
  assert.equal(text(2 ** 31), '2147483648')
})

test('text that Postgres cannot store is rejected, and anything that is not text', () => {
  rejected(text, 'a\0b', 'holds a NUL character, which Postgres cannot store')
  rejected(text, 'a\ud83d', 'holds half of a surrogate pair, which is not valid Unicode')
  rejected(text, new InvalidText('61ff', 'UTF-8'), 'is not valid UTF-8')
  rejected(text, new Blob('61'), 'a BLOB is not text')
  rejected(text, Real.of(0.1), 'the real number 0.1 is not text')
})

test('booleans are 0 and 1, true and false, t and f, yes and no, in any case; nothing else', () => {
  for (const yes of [1, 1n, '1', 'true', 'True', 'TRUE', 't', 'T', 'yes', 'Yes'])
    assert.equal(boolean(yes), 't', String(yes))
  for (const no of [0, 0n, '0', 'false', 'False', 'FALSE', 'f', 'F', 'no', 'No'])
    assert.equal(boolean(no), 'f', String(no))
  assert.equal(boolean(null), null)
  for (const other of [2, -1, 10n, '', ' 1', 'maybe', 'y', 'n', 'on', 'off', '1.0'])
    rejected(boolean, other, /is neither true nor false$/)
  for (const other of [Real.of(1), new Blob('01'), new InvalidText('ff', 'UTF-8')]) rejected(boolean, other, /neither/)
})

test('tiers are the known words in any case, with spaces around them or not; modes too, with two more spellings of refresh24h', () => {
  const tier = ruleOf('watch_accounts', 'tier')
  for (const word of TIERS)
    for (const spelling of [word, word.toUpperCase(), ` ${word}\n`, `\u00a0${word[0]!.toUpperCase()}${word.slice(1)}`])
      assert.equal(tier(spelling), word)
  for (const word of ['other', '', ' ', 'vip', 'team mate', 'teammate\0'])
    rejected(tier, word, new RegExp(`^'.*' is not one of ${TIERS.join(', ')}$`))
  rejected(tier, null, 'is empty, but required')
  assert.equal(ruleOf('tweets', 'watch_tier')(null), null)

  const mode = ruleOf('runs', 'mode')
  for (const word of ['priority', 'discovery', 'both', 'refresh24h', 'manual'])
    for (const spelling of [word, ` ${word.toUpperCase()}`]) assert.equal(mode(spelling), word)
  for (const word of ['refresh-24h', 'Refresh_24H ']) assert.equal(mode(word), 'refresh24h')
  for (const word of ['refresh 24h', 'hourly', ''])
    rejected(mode, word, `'${word}' is not one of priority, discovery, both, refresh24h, manual`)
})

test('Postgres reads a vector of finite numbers as it was written', async () => {
  const numbers = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 8 })
  const vectors = fc.sample(numbers, { numRuns: 500, seed: 12 })
  const written = vectors.map((all) => vector(`[ ${all.map((one) => JSON.stringify(one)).join(' ,\n')}]`) as string)
  const rows = await db.query(
    'select v::jsonb::text as v from unnest($1::text[]) with ordinality as of (v, n) order by n',
    [written],
  )
  vectors.forEach((all, index) => {
    // JSON knows no -0; to Postgres as to SQLite it is 0.
    assert.deepEqual(
      JSON.parse(rows[index]!.v).map((one: number) => one + 0),
      all.map((one) => one + 0),
    )
  })
})

test('anything else than an array of finite numbers is rejected, also numbers that Postgres refuses', () => {
  for (const json of [
    '',
    'null',
    '1',
    '{}',
    '[1',
    '[1,]',
    '[NaN]',
    '[Infinity]',
    '[1e309]',
    '["1"]',
    '[null]',
    '[[1]]',
    '[true]',
    '\ufeff[1]',
    '['.repeat(100_000),
  ])
    rejected(vector, json, 'is not a JSON array of finite numbers')
  for (const json of [`[0.${'0'.repeat(17_000)}1]`, '[1e-99999]'])
    rejected(vector, json, 'has a number with 1,000 decimal places or more')
  assert.equal(vector('[]'), '[]')
  assert.equal(vector('[1e308,-1e-05,0.10,5E-324]'), '[1e308,-1e-05,0.10,5E-324]')
  rejected(vector, new Blob('5b5d'), 'a BLOB is not text')
})

test('a vector with a negative zero, in any notation, is found: Postgres keeps no sign of it', () => {
  for (const json of ['[-0]', '[-0.0]', '[1, -0.000 ,2]', '[-0e5]', '[-0.0E-3\n]'])
    assert.ok(hasNegativeZero(json), json)
  for (const json of ['[]', '[0]', '[-0.01]', '[1e-0]', '[-1e-05, 2e-0]', '[-10]'])
    assert.ok(!hasNegativeZero(json), json)
})

test('a vector must have dims numbers; without dims, any number of them', () => {
  const table = TABLES.find(({ source }) => source === 'tweet_embeddings')!
  const names = table.columns.map(({ name }) => name)
  const applyRules = createRowRules(findLayout(table, names, 'a file'))
  const row = (dims: SqlValue, json: string) => ['1', 'b', 'm', dims, json, 'h', '2026-01-01', null, json]
  assert.ok(Array.isArray(applyRules(row(3, '[1,2,3]'))))
  assert.ok(Array.isArray(applyRules(row('3', '[1,2,3]'))))
  assert.ok(Array.isArray(applyRules(row(null, '[1,2,3]'))))
  for (const dims of [2, 0, -3, 4_294_967_299n])
    assert.deepEqual(applyRules(row(dims, '[1,2,3]')), {
      field: 'vector_json',
      reason: `has 3 numbers, but dims is ${dims}`,
      kind: 'does not have dims numbers',
    })
})

test('a line of COPY carries every text unchanged', async () => {
  const table = TABLES.find(({ source }) => source === 'watch_accounts')!
  const applyRules = createRowRules(findLayout(table, ['handle', 'tier', 'note', 'added_at'], 'a file'))
  const encode = (values: SqlValue[]) => encodeLine(applyRules(values) as string[])
  const note = 'a\tb\nc\rd\\e\\N\\.\u2028\b\f\v'
  assert.equal(
    encode(['h', 'teammate', note, '2026-01-01']),
    'h\tteammate\ta\\tb\\nc\\rd\\\\e\\\\N\\\\.\u2028\b\f\v\t2026-01-01 00:00:00.0Z\n',
  )
  assert.ok(encode(['h', 'teammate', null, '2026-01-01']).includes('\tteammate\t\\N\t'))
})

test.run()

function ruleOf(source: string, name: string): Rule {
  return TABLES.find((table) => table.source === source)!.columns.find((column) => column.name === name)!.rule
}
