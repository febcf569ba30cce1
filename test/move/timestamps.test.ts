import assert from 'node:assert/strict'
import fc from 'fast-check'
import { suite } from 'uvu'
import { Real, type SqlValue } from '../../tooling/lib/move/sqlite-values.ts'
import { timestamp } from '../../tooling/lib/move/timestamps.ts'
import { Reject, required } from '../../tooling/lib/move/values.ts'
import { type Database, freshDatabase } from '../support/database.ts'
import { rejected } from './support.ts'

const test = suite('timestamps')
let db: Database

test.before(async () => {
  db = await freshDatabase({ migrated: false })
})
test.after(() => db.drop())

test('Postgres reads each timestamp as the instant that a calendar written by hand computes', async () => {
  const instants = fc.sample(anyInstant(), { numRuns: 4000, seed: 11 })
  const given = instants.map(({ written }) => timestamp(written) as string)
  const rows = await db.query<{ micros: string }>(
    `select (extract(epoch from t::timestamptz) * 1000000)::bigint::text as micros
     from unnest($1::text[]) with ordinality as of (t, n) order by n`,
    [given],
  )
  instants.forEach(({ written, micros }, index) => {
    assert.equal(rows[index]!.micros, String(micros), `${written} became ${given[index]}`)
  })
})

test('every form of a timestamp: T or space, with offset, with Z, with neither, with and without seconds, a bare date', async () => {
  const same: Record<string, string> = {
    '2026-03-01T10:20:30.123456+00:00': '2026-03-01 10:20:30.123456+00',
    '2026-03-01 10:20:30.123456Z': '2026-03-01 10:20:30.123456+00',
    '2026-03-01 10:20:30.123456': '2026-03-01 10:20:30.123456+00',
    '2026-03-01T10:20:30.1': '2026-03-01 10:20:30.1+00',
    '2026-03-01T10:20': '2026-03-01 10:20:00+00',
    '2026-03-01': '2026-03-01 00:00:00+00',
    '2026-03-01T10:20:30+05:30': '2026-03-01 04:50:30+00',
    '2026-03-01T10:20:30-0800': '2026-03-01 18:20:30+00',
    '2026-03-01T10:20:30+14': '2026-02-28 20:20:30+00',
    '2024-02-29T23:59:59.999999-00:00': '2024-02-29 23:59:59.999999+00',
    '0001-01-01': '0001-01-01 00:00:00+00',
    '9999-12-31T23:59:59Z': '9999-12-31 23:59:59+00',
  }
  // Another time zone of the session must not matter.
  const rows = await db.query(
    `select (t::timestamptz at time zone 'UTC')::text || '+00' as utc from unnest($1::text[]) with ordinality as of (t, n),
       set_config('timezone', 'Asia/Kathmandu', true) order by n`,
    [Object.keys(same).map((written) => timestamp(written))],
  )
  assert.deepEqual(
    rows.map(({ utc }) => utc),
    Object.values(same),
  )
})

test('exactly the dates that do not exist are rejected', () => {
  for (const year of [1, 4, 1900, 2000, 2023, 2024, 2100, 9996]) {
    for (let month = 0; month <= 13; month++) {
      for (let day = 0; day <= 32; day++) {
        const written = `${digits(year, 4)}-${digits(month, 2)}-${digits(day, 2)}`
        const date = new Date(0)
        date.setUTCFullYear(year, month - 1, day)
        const exists = date.toISOString().slice(0, 10) === written
        assert.equal(!(timestamp(written) instanceof Reject), exists, written)
      }
    }
  }
  rejected(timestamp, '2026-02-30', "'2026-02-30' is not a valid date")
  rejected(timestamp, '2026-02-29T10:00:00Z', "'2026-02-29T10:00:00Z' is not a valid date")
  rejected(timestamp, '0000-01-01', "'0000-01-01' is not a valid date")
})

test('anything else is rejected, never guessed', () => {
  for (const written of [
    'yesterday',
    'now',
    'infinity',
    '2026-3-1',
    '2026-03-01T',
    ' 2026-03-01',
    '2026-03-01 ',
    '2026-W10',
    '20260301',
    '2026-03-01T10',
    '2026-03-01T10:20:30.',
    '2026-03-01T10:20:30,5',
    '2026-03-01T10:20:30 +00:00',
    '2026-03-01T10:20:30z',
    '12026-03-01',
    '-026-03-01',
    '２０２６-03-01',
  ])
    rejected(timestamp, written, `'${written}' is not an ISO 8601 timestamp`)
  for (const time of ['24:00:00', '10:60:00', '10:00:60', '99:00'])
    rejected(timestamp, `2026-03-01T${time}`, `'2026-03-01T${time}' is not a valid time`)
  for (const offset of ['+16:00', '-15:60', '+99'])
    rejected(timestamp, `2026-03-01T10:00${offset}`, `'2026-03-01T10:00${offset}' has an invalid UTC offset`)
})

test('the years 0001 to 9999 are meant in UTC', () => {
  const beyond = [
    '9999-12-31T23:59:59-05:00',
    '9999-12-31T23:59-00:01',
    '9999-12-31 09:00-15:00',
    '0001-01-01T00:00:00+01:00',
    '0001-01-01 15:58:59.999999+15:59',
  ]
  for (const written of beyond) rejected(timestamp, written, `'${written}' is outside the years 0001 to 9999 in UTC`)
  for (const written of [
    '0001-01-01T00:00:00Z',
    '0001-01-01T01:00:00+01:00',
    '0001-01-01T00:00-05:00',
    '9999-12-31T23:59:59.999999',
    '9999-12-31T18:59:59-05:00',
    '9999-12-31T23:59+14:00',
  ])
    assert.equal(typeof timestamp(written), 'string', written)
})

test('a number or a date in another notation is rejected with what it probably is', () => {
  const guesses: [value: SqlValue, guess: string][] = [
    [1_767_225_600, 'Unix seconds'],
    ['1767225600', 'Unix seconds'],
    [Real.of(1767225600.25), 'Unix seconds'],
    [1_767_225_600_123, 'Unix milliseconds'],
    ['1767225600123456', 'Unix microseconds'],
    [1_767_225_600_123_456_789n, 'Unix nanoseconds'],
    [Real.of(2461041.5), 'a Julian day'],
    ['Thu Jan 01 00:00:00 +0000 2026', "the date format of X's older API"],
    ['Thu, 01 Jan 2026 00:00:00 GMT', 'an RFC 2822 date'],
    ['01/02/2026 10:00', 'a local date'],
    [Real.of(46040.205), 'a date of Excel'],
    [790_404_919, 'seconds since 2001, as Apple counts'],
    ['2026-04-01 10:00:00.5 +0200 CEST', 'what Go prints for a time'],
    ['2026-04-01T10:00:00.123456789Z', 'a timestamp with more than six decimals'],
  ]
  for (const [value, guess] of guesses)
    rejected(timestamp, value, new RegExp(` is not an ISO 8601 timestamp; it looks like ${guess}$`))
  for (const value of [7, -1_767_225_600, '20260301', Real.of(0.5)])
    rejected(timestamp, value, / is not an ISO 8601 timestamp$/)
})

test('an optional timestamp may be empty, a required one may not', () => {
  assert.equal(timestamp(''), null)
  assert.equal(timestamp(null), null)
  rejected(required(timestamp), '', 'is empty, but required')
  rejected(required(timestamp), null, 'is empty, but required')
})

test.run()

function digits(number: number, length: number): string {
  return String(number).padStart(length, '0')
}

/** An instant in one of its notations, and its microseconds since 1970, by arithmetic alone. */
function anyInstant() {
  const offsets = fc.constantFrom('', 'Z', '+00:00', '-00:00', '+05:30', '-08:00', '+1345', '-03', '+15:59', '-15:59')
  return fc
    .record({
      year: fc.integer({ min: 1, max: 9999 }),
      month: fc.integer({ min: 1, max: 12 }),
      day: fc.integer({ min: 1, max: 31 }),
      time: fc.tuple(fc.nat(23), fc.nat(59), fc.nat(59)),
      fraction: fc.stringMatching(/^\d{0,6}$/),
      separator: fc.constantFrom('T', ' '),
      offset: offsets,
    })
    .filter(
      ({ year, month, day }) => day <= daysOf(year, month) && (year > 1 || month > 1) && (year < 9999 || month < 12),
    )
    .map(({ year, month, day, time: [hour, minute, second], fraction, separator, offset }) => {
      let days = 0
      for (let each = 1; each < year; each++) days += isLeap(each) ? 366 : 365
      for (let each = 1; each < month; each++) days += daysOf(year, each)
      days += day - 1 - 719_162
      const away = /^([+-])(\d\d):?(\d\d)?$/.exec(offset)
      const minutes = away ? Number(`${away[1]}1`) * (Number(away[2]) * 60 + Number(away[3] ?? 0)) : 0
      const seconds = BigInt(days) * 86_400n + BigInt(hour * 3600 + minute * 60 + second - minutes * 60)
      const date = `${digits(year, 4)}-${digits(month, 2)}-${digits(day, 2)}`
      const clock = `${digits(hour, 2)}:${digits(minute, 2)}:${digits(second, 2)}${fraction && `.${fraction}`}`
      return {
        written: date + separator + clock + offset,
        micros: seconds * 1_000_000n + BigInt(fraction.padEnd(6, '0')),
      }
    })
}

function isLeap(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
}

function daysOf(year: number, month: number): number {
  if (month === 2) return isLeap(year) ? 29 : 28
  return [4, 6, 9, 11].includes(month) ? 30 : 31
}
