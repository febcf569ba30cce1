import { createHash } from 'node:crypto'
import type { Author, Draft } from './invent.ts'
import type { Random } from './random.ts'
import type { SampleRow } from './sample-types.ts'
import { writeVector } from './text-vector.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** The instant from which X counts the milliseconds in its ids. */
const ID_EPOCH = 1_288_834_974_657

const METRICS = ['likes', 'reposts', 'replies', 'views']
const NONE = [null, null, null, null]

type Found = { index: number; found: number; until: number; mode: string; random: Random }

export function postRow(draft: Draft, { index, found, until, mode, random }: Found): SampleRow & { status_id: string } {
  const { author } = draft
  const age = 60_000 * random.between(1, 50)
  const id = String((BigInt(found - age - ID_EPOCH) << 22n) | BigInt(index & 0x3fffff))

  // Posts of the last day have not been seen again yet, so a file made later in the day only adds rows to this one.
  const midnight = Math.floor(until / DAY) * DAY
  const again = found + random.between(HOUR, 30 * HOUR)
  const seen = found >= midnight ? found : Math.min(again, midnight)

  const latest = inventMetrics(author.reach, index, random)
  const share = seen > found ? 0.1 + random.next() * 0.4 : 1
  const first = random.chance(0.12) ? NONE : latest.map((value) => Math.floor(value * share))
  const refreshed = found + DAY < midnight && random.chance(0.67)
  const gone = refreshed && random.chance(0.01)
  const day = refreshed && !gone ? latest.map((value, i) => between(first[i] ?? 0, value, random)) : NONE
  // The refresh is a look at the post as well.
  const last = refreshed && !gone ? Math.min(Math.max(seen, found + DAY + MINUTE), midnight) : seen
  const delta = day.map((value, i) => (value === null || first[i] === null ? null : value - first[i]!))

  const reason = draft.significance ?? null
  return {
    status_id: id,
    url: `https://x.com/${author.handle}/status/${id}`,
    author_handle: random.chance(0.01) ? `@${author.handle}` : author.handle,
    author_display: author.display,
    body_text: draft.text,
    posted_relative: random.chance(0.2) ? null : relative(age),
    source_query: mode,
    watch_tier: author.tier,
    is_significant: reason ? 1 : 0,
    significance_reason: reason,
    significance_version: random.chance(0.98) ? 'v1' : null,
    ...nameMetrics(latest, (metric) => metric),
    ...nameMetrics(first, (metric) => `initial_${metric}`),
    ...nameMetrics(day, (metric) => `${metric}_24h`),
    refresh_24h_at: refreshed ? stamp(found + DAY) : null,
    refresh_24h_status: refreshed ? (gone ? 'missing' : 'ok') : null,
    ...nameMetrics(delta, (metric) => `refresh_24h_delta_${metric}`),
    discovered_at: random.chance(0.1) ? stampToMicrosecond(found, random) : stamp(found),
    last_seen_at: stamp(last),
  }
}

export function watchRow({ handle, tier, note }: Author, added: number): SampleRow {
  return { handle, tier, note, added_at: stamp(added) }
}

export function reportRow(id: string, draft: Draft, found: number, random: Random): SampleRow {
  const line = (draft.text ?? '').replace(/\s+/g, ' ').slice(0, 100)
  return {
    status_id: id,
    reported_at: stamp(found + random.between(60_000, 150_000)),
    channel: 'signal',
    summary: line.replace(/[\ud800-\udbff]$/, ''),
    destination: random.pick(['team', 'group']),
  }
}

export function embeddingRow(id: string, draft: Draft, found: number, dims: number, random: Random): SampleRow {
  const text = draft.text ?? ''
  return {
    status_id: id,
    backend: 'venice',
    model: 'text-embedding-bge-m3',
    dims,
    vector_json: writeVector(text, dims),
    text_hash: createHash('sha256').update(text).digest('hex'),
    created_at: stampToMicrosecond(found + 20_000, random),
    updated_at: random.chance(0.5) ? stamp(found + 30_000) : null,
  }
}

/** An instant as the monitor writes it: ISO 8601 with +00:00. */
export function stamp(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}+00:00`
}

function stampToMicrosecond(at: number, random: Random): string {
  return `${new Date(at).toISOString().slice(0, 23)}${String(random.below(1000)).padStart(3, '0')}+00:00`
}

/** Most posts are seen by few, some by many; one in 25,000 has more views than fit in 32 bits. */
function inventMetrics(reach: number, index: number, random: Random): number[] {
  const viral = index % 25_000 === 777 ? 2 ** 31 : 0
  const views = viral + Math.floor(reach * (0.2 + 6 * random.next() ** 4))
  const likes = Math.floor(views * (0.002 + 0.04 * random.next() ** 2))
  return [likes, Math.floor(likes * random.next() * 0.3), Math.floor(likes * random.next() * 0.2), views]
}

function nameMetrics(values: readonly (number | null)[], named: (metric: string) => string): SampleRow {
  return Object.fromEntries(METRICS.map((metric, index) => [named(metric), values[index]]))
}

function between(min: number, max: number, random: Random): number {
  return min + Math.floor((max - min) * (0.5 + random.next() / 2))
}

function relative(age: number): string {
  const minutes = Math.round(age / 60_000)
  return minutes < 2 ? 'now' : `${minutes}m`
}
