import assert from 'node:assert/strict'
import fc from 'fast-check'
import { suite } from 'uvu'
import { signBits } from '../../tooling/lib/move/sign-bits.ts'
import { vector } from '../../tooling/lib/move/values.ts'
import { type Database, freshDatabase } from '../support/database.ts'

const test = suite('sign bits', {} as { db: Database })

test.before(async (context) => {
  context.db = await freshDatabase()
})
test.after(({ db }) => db.drop())

test('a negative number is 0 and any other is 1, however either is written', () => {
  for (const [json, bits] of [
    ['[1, -1]', '10'],
    ['[0.5,-0.0,-0,0e9,-0.00e-7,-1E-99,-2e+99]', '1111100'],
    [`[-0.${'0'.repeat(99)}1, 1]`, '01'],
    [`[${'9'.repeat(100)}, -${'9'.repeat(100)}.9]`, '10'],
    ['[1e-100, -9.99e99]', '10'],
    [' [ -1 ,\n1\t] ', '01'],
  ] as const)
    assert.equal(signBits(json), bits, json.slice(0, 100))
})

test('a vector that has no cosine to another has none', () => {
  for (const json of [
    '[]',
    '[ ]',
    '[0]',
    '[0.0, -0, 0e5, 0e-999]',
    '[1, 1e100]',
    '[1, -1e100]',
    '[1, 9.99e-101]',
    '[1, -1e-999]',
    `[1, 0.${'0'.repeat(500)}1]`,
    `[1, ${'9'.repeat(101)}]`,
    '[1, 1e308]',
  ])
    assert.equal(signBits(json), null, json.slice(0, 100))
})

test('Postgres computes the same, for the vectors that ingest writes', async ({ db }) => {
  const digits = (maxLength: number) =>
    fc.string({ unit: fc.constantFrom('0', '0', '1', '9'), minLength: 1, maxLength })
  const written = fc
    .tuple(
      fc.constantFrom('', '-'),
      fc.oneof(
        fc.constant('0'),
        digits(110).map((whole) => whole.replace(/^0+(?=.)/, '')),
      ),
      fc.oneof(
        fc.constant(''),
        digits(120).map((fraction) => `.${fraction}`),
      ),
      fc.oneof(
        { weight: 2, arbitrary: fc.constant('') },
        fc.integer({ min: -320, max: 200 }).map((power) => `e${power}`),
      ),
    )
    .map((parts) => parts.join(''))
  const near = fc.constantFrom('1e-100', '9.99e-101', '1e-101', '10e98', '9.999e99', '1e100', '0', '-0', '-0.0', '0e99')
  const number = fc.oneof(
    { weight: 6, arbitrary: fc.double({ min: -1, max: 1, noNaN: true }).map(String) },
    { weight: 1, arbitrary: near },
    { weight: 1, arbitrary: written },
  )
  const arrays = [fc.array(number, { maxLength: 20 }), fc.array(fc.oneof(near, written), { maxLength: 3 })]
  const vectors = arrays
    .flatMap((array) => fc.sample(array, { numRuns: 2000, seed: 5 }))
    .map((numbers) => `[${numbers.join(', ')}]`)
    .filter((json) => vector(json) === json)
  const rows = await db.query<{ bits: string | null }>(
    'select public.sign_bits(v::jsonb)::text as bits from unnest($1::text[]) with ordinality as given (v, n) order by n',
    [vectors],
  )
  for (const [index, json] of vectors.entries()) assert.equal(signBits(json), rows[index]!.bits, json)
  assert.ok(rows.filter(({ bits }) => bits === null).length > 500)
  assert.ok(rows.filter(({ bits }) => bits !== null).length > 500)
})

test.run()
