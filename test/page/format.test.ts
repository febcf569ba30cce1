import assert from 'node:assert/strict'
import fc from 'fast-check'
import { test } from 'uvu'
import { daysOf, perDay } from '../../web/src/activity.ts'
import { niceCeiling, timeTicks } from '../../web/src/chart-scale.ts'
import { localDay, startOfDay } from '../../web/src/dates.ts'
import * as format from '../../web/src/format.ts'
import { ago, dayHeading } from '../../web/src/format.ts'

// Times, days and the axes of charts, in words and numbers.

const NOW = Date.parse('2026-03-10T12:00:00Z')

test('times are relative', () => {
  for (const [seconds, text] of [
    [-5, 'now'],
    [59, 'now'],
    [60, '1m ago'],
    [3599, '59m ago'],
    [7200, '2h ago'],
    [86400 * 3, '3d ago'],
    [86400 * 65, '2mo ago'],
    [86400 * 800, '2y ago'],
  ] as const)
    assert.equal(
      ago(NOW - seconds * 1000, NOW)
        .replaceAll(' min', 'm')
        .replaceAll('hr. ', 'h ')
        .replaceAll(' mo.', 'mo'),
      text,
    )
})

test('days have headings', () => {
  assert.equal(dayHeading('2026-03-10', '2026-03-10'), 'Today')
  assert.equal(dayHeading('2026-02-28', '2026-03-01'), 'Yesterday')
  assert.match(dayHeading('2026-01-02', '2026-03-01'), /Friday.*(2 January|January 2)$/)
  assert.match(dayHeading('2025-01-02', '2026-03-01'), /2025$/)
  assert.equal(localDay(startOfDay('2026-12-31', 1)), '2027-01-01')
})

test('every function that formats takes any value', () => {
  fc.assert(
    fc.property(fc.double(), fc.double(), fc.string(), (a, b, text) => {
      for (const day of [text, localDay(a), localDay(b)]) {
        assert.equal(typeof format.dayName(day), 'string')
        assert.equal(typeof dayHeading(day, localDay(b)), 'string')
      }
      for (const write of [format.absolute, format.shortAbsolute, format.monthDay, format.compact, format.whole])
        assert.equal(typeof write(a), 'string')
      assert.equal(typeof ago(a, b), 'string')
      assert.equal(typeof format.duration(a, b), 'string')
    }),
  )
})

test('a year before 100 is not one of the 1900s', () => {
  const zero = Date.parse('0001-01-01T12:00:00Z')
  assert.equal(localDay(zero), '0001-01-01')
  assert.equal(localDay(startOfDay('0001-01-01')), '0001-01-01')
  for (const text of [format.absolute(zero), format.shortAbsolute(zero), dayHeading('0001-01-01', '2026-03-01')])
    assert.doesNotMatch(text, /19/)
})

test('the chart asks for the largest buckets that its days are made of, and adds them up', () => {
  const dates = daysOf('2026-03-01', 3)
  assert.deepEqual(dates, ['2026-02-27', '2026-02-28', '2026-03-01'])
  const at = (day: string, minutes: number) => new Date(startOfDay(day) + minutes * 60_000).toISOString()
  const rows = [
    { bucket_at: at('2026-02-26', 1439), posts: 9, significant: 9 },
    { bucket_at: at('2026-02-27', 0), posts: 1, significant: 0 },
    { bucket_at: at('2026-02-27', 1439), posts: 2, significant: 1 },
    { bucket_at: at('2026-03-01', 0), posts: 4, significant: 4 },
  ]
  assert.deepEqual(
    perDay(dates, rows).map(({ posts, significant }) => [posts, significant]),
    [
      [3, 1],
      [0, 0],
      [4, 4],
    ],
  )
  assert.deepEqual([1, 2, 3, 7, 11, 51, 0].map(niceCeiling), [1, 2, 5, 10, 20, 100, 1])
})

test('a time axis has a handful of full hours or days, also over a change of the clock', () => {
  const at = (day: string, hours = 0) => startOfDay(day) + hours * 3_600_000
  const labels = (from: number, to: number) => {
    const { ticks, whole } = timeTicks(from, to)
    return ticks.map((time) => (whole ? localDay(time) : format.clock(time)))
  }
  assert.equal(labels(at('2026-03-10', 9.3), at('2026-03-10', 12.1)).length, 3)
  assert.equal(labels(at('2026-03-10', 9.3), at('2026-03-11', 11)).length, 4)
  assert.deepEqual(labels(at('2026-03-28', 1), at('2026-04-01', 1)), [
    '2026-03-29',
    '2026-03-30',
    '2026-03-31',
    '2026-04-01',
  ])
  for (const days of [1, 3, 20, 100, 1000, 20_000]) {
    const ticks = labels(at('2026-01-01', 1), startOfDay('2026-01-01', days))
    assert.ok(ticks.length >= 1 && ticks.length <= 6, `${days} days: ${ticks.join()}`)
  }
})

test.run()
