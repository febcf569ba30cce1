import assert from 'node:assert/strict'
import fc from 'fast-check'
import { test } from 'uvu'
import { activeFilters } from '../../web/src/filter-labels.ts'
import { type Filters, feedArguments, NO_FILTERS } from '../../web/src/filters.ts'
import { type Place, readPlace, writePlace } from '../../web/src/place.ts'

// Filters and places: in the address, in the API's arguments, one by one.

const NOW = Date.parse('2026-03-10T12:00:00Z')

function anyPlace(): fc.Arbitrary<Place> {
  const word = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
    .map((text) => text.replace(/[,@\s]/gu, '').toLowerCase())
  const words = fc.uniqueArray(
    word.filter((text) => text !== '' && text === text.toLowerCase().trim()),
    { maxLength: 4 },
  )
  const text = fc.string({ unit: 'grapheme', maxLength: 20 }).map((some) => some.trim())
  const filters: { [name in keyof Filters]: fc.Arbitrary<Filters[name]> } = {
    tiers: words,
    handles: words,
    since: text,
    until: text,
    significant: fc.boolean(),
    reported: fc.option(fc.boolean(), { nil: undefined }),
    q: text,
    fold: fc.boolean(),
  }
  const plain = { noNullPrototype: true }
  return fc
    .tuple(fc.record(filters, plain), fc.constantFrom(undefined, '2026-03-01', '0001-01-01'), text)
    .map(([filters, at, id]) => ({ filters, at, post: id || undefined, view: undefined }))
}

test('a place is the same after being written and read', () => {
  fc.assert(fc.property(anyPlace(), (place) => assert.deepEqual(readPlace(writePlace(place)), place)))
})

test('removing the active filters one by one leads back to the whole feed', () => {
  fc.assert(
    fc.property(anyPlace(), ({ filters }) => {
      let left: Filters = filters
      for (let active = activeFilters(left); active.length > 0; active = activeFilters(left)) left = active[0]!.without
      assert.deepEqual(left, NO_FILTERS)
    }),
  )
})

test('filters become the arguments of the API', () => {
  const read = (search: string) => JSON.parse(JSON.stringify(feedArguments(readPlace(search).filters, NOW)))
  assert.deepEqual(read('?'), {})
  assert.deepEqual(read('?tier=teammate,other&handle=@A,b&significant=1&q=x+y'), {
    tier: 'teammate,other',
    handle: 'a,b',
    significant: true,
    q: 'x y',
  })
  assert.deepEqual(read('?since=24h'), { since: '2026-03-09T12:00:00.000Z' })
  assert.deepEqual(read('?since=2026-02-28&until=2026-02-28'), {
    since: new Date(2026, 1, 28).toISOString(),
    until: new Date(2026, 2, 1).toISOString(),
  })
  // The API rejects what is not a valid date.
  assert.deepEqual(read('?since=2026-02-30&until=yesterday'), { since: '2026-02-30', until: 'yesterday' })
})

test('each active filter can be removed without removing another', () => {
  const { filters } = readPlace('?tier=teammate,other&handle=a&since=7d&significant=1&q=x')
  const active = activeFilters(filters)
  assert.deepEqual(
    active.map(({ label }) => label),
    ['Teammate', 'Other', '@a', 'Last 7 days', 'Significant', '“x”'],
  )
  for (const { without } of active) assert.equal(activeFilters(without).length, active.length - 1)
  assert.deepEqual(activeFilters(NO_FILTERS), [])
  // An invalid date is shown as given, not as the date that Date makes of it.
  assert.equal(activeFilters(readPlace('?since=2026-02-30').filters)[0]!.label, 'Since 2026-02-30')
})

test.run()
