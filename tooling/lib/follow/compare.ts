import { TABLES, type Table } from '../move/tables.ts'
import type { ApiClient } from './api-client.ts'
import { rowDigest } from './digest.ts'
import type { IsStored } from './examine.ts'
import type { LiveSource } from './live-source.ts'
import { type Day, LocalDigests } from './local-digests.ts'
import { Tombstones } from './tombstones.ts'

/** The server digests about 100,000 posts a second, and a call may take 30 seconds on a machine that has other work. */
const ROWS_PER_CALL = 100_000

/** A row that is not the same on both sides. */
export type Difference = {
  /** Its table in Postgres. */
  table: string
  key: string
  kind: 'differs' | 'missing in Postgres' | 'not in SQLite' | 'deleted, but in Postgres'
}

/** What a comparison found in one table. deleted: rows of the source that were deleted on request, which are not compared. */
export type TableComparison = { rows: number; days: number; differing: string[]; deleted: number }

export type Comparison = {
  tables: Record<string, TableComparison>
  differences: Difference[]
  local: LocalDigests
}

/** Compares the source with what the API has, without access to the database: each day by its digest, then its rows. */
export async function compareSides(source: LiveSource, api: ApiClient): Promise<Comparison> {
  const tombstones = await Tombstones.ask(api)
  // The server works while the source is read.
  const asking = Promise.all(TABLES.map((table) => askDays(api, table, rangesOf(source, table))))
  asking.catch(() => {})
  const local = await LocalDigests.read(source, tombstones)
  try {
    const remote = await asking
    const comparison: Comparison = { tables: {}, differences: [], local }
    for (const [index, table] of TABLES.entries())
      await compareTable(api, table, remote[index]!, comparison, tombstones)
    return comparison
  } catch (error) {
    local.close()
    throw error
  }
}

/** Tells which rows need not be sent: the server has them, and the source still has them as they were compared. */
export function storedRows({ differences, local }: Comparison): IsStored {
  const differing = new Set(differences.map(({ table, key }) => `${table} ${key}`))
  return (table, key, fields) =>
    local.digestOf(table.target, key) === rowDigest(table, fields) && !differing.has(`${table.target} ${key}`)
}

async function compareTable(
  api: ApiClient,
  table: Table,
  remote: Map<string, Day>,
  { tables, differences, local }: Comparison,
  tombstones: Tombstones,
): Promise<void> {
  const { target } = table
  const here = local.days(target)
  const days = [...new Set([...here.keys(), ...remote.keys()])].sort()
  const differing = days.filter(
    (day) => here.get(day)?.digest !== remote.get(day)?.digest || here.get(day)?.rows !== remote.get(day)?.rows,
  )
  const rows = Array.from(here.values()).reduce((sum, { rows }) => sum + rows, 0)
  tables[target] = { rows, days: days.length, differing, deleted: local.deleted(target) }
  for (const day of differing) differences.push(...(await compareDay(api, table, day, local, tombstones)))
}

async function compareDay(
  api: ApiClient,
  table: Table,
  day: string,
  local: LocalDigests,
  tombstones: Tombstones,
): Promise<Difference[]> {
  const { target } = table
  const there = new Map(await askRows(api, target, day))
  const here = new Map(local.rowsOf(target, day).map(({ key, digest }) => [key, digest]))
  const differences: Difference[] = []
  for (const [key, digest] of here) {
    const found = there.get(key)
    if (found !== digest)
      differences.push({ table: target, key, kind: found === undefined ? 'missing in Postgres' : 'differs' })
  }
  for (const key of there.keys()) {
    if (here.has(key)) continue
    const kind = tombstones.hasKey(table, key) ? 'deleted, but in Postgres' : 'not in SQLite'
    differences.push({ table: target, key, kind })
  }
  return differences
}

async function askDays(
  api: ApiClient,
  { target }: Table,
  ranges: { since?: string; until?: string }[],
): Promise<Map<string, Day>> {
  const days = new Map<string, Day>()
  for (const range of ranges)
    for (const day of (await api.get('ingest_digest', { table_name: target, ...range })) as Day[])
      days.set(day.day, day)
  return days
}

async function askRows(api: ApiClient, table: string, day: string): Promise<[string, string][]> {
  const rows = (await api.get('ingest_digest', { table_name: table, day })) as { key: string[]; digest: string }[]
  return rows.map(({ key, digest }) => [JSON.stringify(key), digest])
}

/** All of time, in parts of about as many rows as one call can digest, if Postgres has about the rows of the source. */
function rangesOf(source: LiveSource, { target }: Table): { since?: string; until?: string }[] {
  const days = source.read((readers) => readers.find(({ table }) => table.target === target)!.roughDays)
  const starts: string[] = []
  let rows = 0
  for (const [day, count] of days) {
    rows += count
    if (rows < ROWS_PER_CALL) continue
    starts.push(day)
    rows = count
  }
  return [undefined, ...starts].map((since, index) => ({
    ...(since !== undefined && { since }),
    ...(starts[index] !== undefined && { until: starts[index] }),
  }))
}
