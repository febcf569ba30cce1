import { setTimeout as sleep } from 'node:timers/promises'
import { count, rowCount } from '../output.ts'
import type { ApiClient } from './api-client.ts'
import { type Comparison, compareSides, type Difference, type TableComparison } from './compare.ts'
import { describeKey, describeSent } from './describe.ts'
import { writeItem } from './item.ts'
import type { LiveSource } from './live-source.ts'
import { type Sent, sendGone, sendWaiting } from './send.ts'
import type { State } from './state.ts'

/** What has just been written may be on its way while a follower runs. */
const ON_ITS_WAY_MS = 3_000
const NAMED = 1_000

export type Verification = {
  equal: boolean
  tables: Record<string, TableComparison>
  /** The first of them; the count is of all. */
  differences: Difference[]
  count: number
  /** What a repair sent, and how many rows it removed. */
  repaired?: { sent: Sent; removed: number }
}

/** What a repair sends from, and whether it may also remove what is not in the source. */
export type Repair = { state: State; deletions: boolean }

/** Compares both sides over HTTP; with a repair, it sends the rows that differ and compares again. */
export async function verify(source: LiveSource, api: ApiClient, repair?: Repair): Promise<Verification> {
  let comparison = await settled(source, api)
  let repaired: Verification['repaired']
  if (repair && comparison.differences.length > 0) {
    putDifferences(source, comparison, repair)
    comparison.local.close()
    const sent = await sendWaiting(repair.state, api)
    repaired = { sent, removed: repair.deletions ? await sendGone(repair.state, api) : 0 }
    comparison = await settled(source, api)
  }
  comparison.local.close()
  const { tables, differences } = comparison
  return {
    equal: differences.length === 0,
    tables,
    differences: differences.slice(0, NAMED),
    count: differences.length,
    ...(repaired && { repaired }),
  }
}

/** A difference counts when it is there twice, some seconds apart. */
async function settled(source: LiveSource, api: ApiClient): Promise<Comparison> {
  const first = await compareSides(source, api)
  if (first.differences.length === 0) return first
  first.local.close()
  await sleep(ON_ITS_WAY_MS)
  const second = await compareSides(source, api)
  const before = new Set(first.differences.map(nameOf))
  second.differences = second.differences.filter((difference) => before.has(nameOf(difference)))
  return second
}

function nameOf({ table, key }: Difference): string {
  return `${table} ${key}`
}

/** The rows as the source has them now, and those that it does not have. */
function putDifferences(source: LiveSource, { differences, local }: Comparison, { state }: Repair): void {
  source.read((readers) => {
    for (const { table: target, key } of differences) {
      const id = local.idOf(target, key)
      const reader = readers.find(({ table }) => table.target === target)!
      const row = id === undefined ? undefined : reader.get(id)
      const fields = row && reader.applyRules(row.values)
      if (Array.isArray(fields)) state.outbox.put(reader.table.source, key, writeItem(reader.table, fields))
      else if (!row) state.outbox.putGone(reader.table.source, key)
    }
  })
}

/** For people: each table, then each row that differs. */
export function describeVerification({ equal, tables, differences, count: all, repaired }: Verification): string[] {
  const lines = Object.entries(tables).map(([table, { rows, days, differing, deleted }]) => {
    const found =
      differing.length === 0 ? 'equal' : `${count(differing.length)} differ: ${differing.slice(0, 10).join(', ')}`
    const skipped = deleted > 0 ? `, ${count(deleted)} deleted on request` : ''
    return `${table}: ${rowCount(rows)} on ${count(days)} ${days === 1 ? 'day' : 'days'}, ${found}${skipped}`
  })
  if (repaired) lines.push(`repaired: ${describeSent(repaired.sent, repaired.removed) || 'nothing'}`)
  for (const { table, key, kind } of differences) lines.push(`      ${table} ${describeKey(table, key)} ${kind}`)
  lines.push(
    equal ? 'verified: both sides are equal' : `not equal: ${rowCount(all)} ${all === 1 ? 'differs' : 'differ'}`,
  )
  return lines
}
