import assert from 'node:assert/strict'
import type { Call } from '../../../tooling/lib/api/contract.ts'

export const id = (last: number) => `189000000000000000${last}`
export const LAST = '9223372036854775807'
export const NEWEST_FIRST = [LAST, id(6), id(5), id(4), id(3), id(2), id(1)]

export const ids = (expected: string[]): NonNullable<Call['check']> => {
  return ({ body }) =>
    assert.deepEqual(
      body.map(({ status_id }: { status_id: string }) => status_id),
      expected,
    )
}

export const is =
  (expected: unknown): NonNullable<Call['check']> =>
  ({ body }) =>
    assert.deepEqual(body, expected)
