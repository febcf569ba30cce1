import type { Column } from '../move/tables.ts'
import type { Draft } from './invent.ts'
import type { Random } from './random.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
/** When X began to count the milliseconds in its ids. */
const ID_EPOCH = 1_288_834_974_657

/** What the monitor calls a column today. */
export const nameOf = (column: Column) => column.from[0]!

const NONE = [null, null, null, null]

type Found = { index: number; found: number; until: number; mode: string; random: Random }

/** The row of one post, in the order of the table's columns (tables.ts), and its id. */
export function postRow(draft: Draft, { index, found, until, mode, random }: Found): { row: unknown[]; id: string } {
  const { author } = draft
  const age = 60_000 * random.between(1, 50)
  const id = String((BigInt(found - age - ID_EPOCH) << 22n) | BigInt(index & 0x3fffff))

  // Posts of the last day are not seen again yet: so a file made later in the day only adds rows to this one.
  const midnight = Math.floor(until / DAY) * DAY
  const again = found + random.between(HOUR, 30 * HOUR)
  const seen = found >= midnight ? found : Math.min(again, midnight)

  const latest = metrics(author.reach, index, random)
  const share = seen > found ? 0.1 + random.next() * 0.4 : 1
  const first = random.chance(0.12) ? NONE : latest.map((value) => Math.floor(value * share))
  const refreshed = found + DAY < midnight && random.chance(0.67)
  const gone = refreshed && random.chance(0.01)
  const day = refreshed && !gone ? latest.map((value, i) => between(first[i] ?? 0, value, random)) : NONE
  const delta = day.map((value, i) => (value === null || first[i] === null ? null : value - first[i]!))

  const reason = draft.significance ?? null
  const handle = random.chance(0.01) ? `@${author.handle}` : author.handle
  const row = [
    ...[id, `https://x.com/${author.handle}/status/${id}`, handle, author.display, draft.text],
    ...[random.chance(0.2) ? null : relative(age), mode, author.tier],
    ...[reason ? 1 : 0, reason, random.chance(0.98) ? 'v1' : null],
    ...latest,
    ...first,
    ...day,
    ...[refreshed ? stamp(found + DAY, 'second') : null, refreshed ? (gone ? 'missing' : 'ok') : null],
    ...delta,
    ...[stamp(found, random.chance(0.1) ? 'microsecond' : 'second', random), stamp(seen, 'second')],
  ]
  return { row, id }
}

/** An instant as the monitor writes it: ISO 8601 with +00:00, to the second or to the microsecond. */
export function stamp(at: number, to: 'second'): string
export function stamp(at: number, to: 'second' | 'microsecond', random: Random): string
export function stamp(at: number, to: 'second' | 'microsecond', random?: Random): string {
  const text = new Date(at).toISOString()
  if (to === 'second' || !random) return `${text.slice(0, 19)}+00:00`
  return `${text.slice(0, 23)}${String(random.below(1000)).padStart(3, '0')}+00:00`
}

/** Most posts are seen by few, some by many; one in 25,000 by more than a 32-bit integer counts. */
function metrics(reach: number, index: number, random: Random): number[] {
  const viral = index % 25_000 === 777 ? 2 ** 31 : 0
  const views = viral + Math.floor(reach * (0.2 + 6 * random.next() ** 4))
  const likes = Math.floor(views * (0.002 + 0.04 * random.next() ** 2))
  return [likes, Math.floor(likes * random.next() * 0.3), Math.floor(likes * random.next() * 0.2), views]
}

function between(least: number, most: number, random: Random): number {
  return least + Math.floor((most - least) * (0.5 + random.next() / 2))
}

function relative(age: number): string {
  const minutes = Math.round(age / 60_000)
  return minutes < 2 ? 'now' : `${minutes}m`
}
