import Database from '../../tooling/lib/move/sqlite-driver.ts'
import type { Database as Postgres } from '../support/database.ts'
import type { SourceTable } from './support.ts'

// docs/rules.md implemented a second time, from its text alone. Nothing of tooling/lib/move is used here but the driver,
// so that a wrong rule there shows.

/** What a column holds. */
type Kind = 'id' | 'text' | 'handle' | 'tier' | 'mode' | 'flag' | 'count' | 'integer' | 'time' | 'vector' | 'origin'

export type Shape = {
  target: string
  key: string[]
  /** Whether a row needs a post. */
  orphans?: boolean
  /** Per column in Postgres: its kind, and its name in older files. */
  columns: Record<string, { kind: Kind; required?: boolean; older?: string }>
  /** Per column that is computed from the text of another: which, and how. */
  computed?: Record<string, { from: string; compute: (text: string) => string | null }>
}

const METRICS = ['likes', 'reposts', 'replies', 'views']
const retweets = (name: string) => (name.includes('reposts') ? { older: name.replace('reposts', 'retweets') } : {})
const metrics = (kind: Kind, name: (metric: string) => string) =>
  Object.fromEntries(METRICS.map((metric) => [name(metric), { kind, ...retweets(name(metric)) }]))

export const SHAPES: Record<SourceTable, Shape> = {
  watch_accounts: {
    target: 'watch_accounts',
    key: ['handle'],
    columns: {
      handle: { kind: 'handle', required: true, older: 'author_handle' },
      tier: { kind: 'tier', required: true, older: 'watch_tier' },
      note: { kind: 'text' },
      added_at: { kind: 'time', required: true, older: 'created_at' },
    },
  },
  tweets: {
    target: 'posts',
    key: ['status_id'],
    columns: {
      status_id: { kind: 'id', required: true, older: 'id' },
      url: { kind: 'text', required: true, older: 'tweet_url' },
      author_handle: { kind: 'handle', required: true, older: 'username' },
      author_display: { kind: 'text', older: 'display_name' },
      body_text: { kind: 'text', older: 'content' },
      posted_relative: { kind: 'text' },
      source_query: { kind: 'text', older: 'query_type' },
      watch_tier: { kind: 'tier', older: 'tier' },
      is_significant: { kind: 'flag', older: 'significant' },
      significance_reason: { kind: 'text', older: 'reason' },
      significance_version: { kind: 'text' },
      ...metrics('count', (metric) => metric),
      ...metrics('integer', (metric) => `initial_${metric}`),
      ...metrics('integer', (metric) => `${metric}_24h`),
      refresh_24h_at: { kind: 'time' },
      refresh_24h_status: { kind: 'text' },
      ...metrics('integer', (metric) => `refresh_24h_delta_${metric}`),
      discovered_at: { kind: 'time', required: true, older: 'captured_at' },
      last_seen_at: { kind: 'time', required: true, older: 'seen_at' },
    },
  },
  reports: {
    target: 'reports',
    key: ['status_id'],
    orphans: true,
    columns: {
      status_id: { kind: 'id', required: true },
      reported_at: { kind: 'time', required: true, older: 'created_at' },
      channel: { kind: 'text' },
      summary: { kind: 'text' },
      destination: { kind: 'text' },
    },
  },
  runs: {
    target: 'pipeline_runs',
    key: ['run_at', 'mode', 'source'],
    columns: {
      run_at: { kind: 'time', required: true, older: 'timestamp' },
      mode: { kind: 'mode', required: true },
      fetched_count: { kind: 'integer' },
      significant_count: { kind: 'integer' },
      reported_count: { kind: 'integer' },
      note: { kind: 'text' },
      source: { kind: 'origin' },
    },
  },
  tweet_embeddings: {
    target: 'embeddings',
    key: ['status_id'],
    orphans: true,
    columns: {
      status_id: { kind: 'id', required: true },
      backend: { kind: 'text', required: true },
      model: { kind: 'text', required: true },
      dims: { kind: 'integer' },
      vector_json: { kind: 'vector', required: true },
      text_hash: { kind: 'text', required: true },
      created_at: { kind: 'time', required: true },
      updated_at: { kind: 'time' },
    },
    computed: { sign_bits: { from: 'vector_json', compute: signBitsOf } },
  },
}

/** What SQLite stores in a cell, read by typeof() and as bytes. */
export type Stored = {
  type: 'null' | 'integer' | 'real' | 'text' | 'blob'
  hex: string
  number: bigint | number | null
}

/** Every row of a table in the order of its lines, keyed by the column names of the file. */
export function storedRows(file: string, table: string, names: string[]): Record<string, Stored>[] {
  const db = new Database(file, { readonly: true })
  const cells = names.flatMap((name) => [
    `typeof("${name}")`,
    `hex(cast("${name}" as blob))`,
    `case when typeof("${name}") in ('integer', 'real') then "${name}" end`,
  ])
  const rows = db
    .prepare(`select ${cells.join(', ')} from ${table} order by rowid`)
    .raw()
    .safeIntegers()
    .all() as never[][]
  db.close()
  return rows.map((row) =>
    Object.fromEntries(
      names.map((name, n) => [name, { type: row[n * 3]!, hex: row[n * 3 + 1]!, number: row[n * 3 + 2]! }]),
    ),
  )
}

/** What Postgres must hold for a cell, in the form of postgresRows; undefined when the row has to be rejected. */
export function expected(cell: Stored, { kind, required }: Shape['columns'][string]): string | null | undefined {
  const value = convert(cell, kind)
  if (value !== null) return value
  if (required) return undefined
  return kind === 'count' ? '0' : kind === 'flag' ? 'false' : kind === 'origin' ? 'local-dispatcher' : null
}

function convert(cell: Stored, kind: Kind): string | null | undefined {
  if (cell.type === 'null') return null
  const text = textOf(cell)
  switch (kind) {
    case 'count':
    case 'integer':
      return integerOf(cell, text)
    case 'time':
      return text === '' ? null : microseconds(text)
    case 'flag':
      return FLAGS.get(digitsOf(cell) ?? text?.toLowerCase() ?? '')
    case 'tier':
      return wordOf(text, ['teammate', 'investor', 'influencer', 'ecosystem'])
    case 'mode':
      return wordOf(text?.replace(/refresh[-_]24h/i, 'refresh24h'), MODES)
    case 'vector':
      return vectorOf(text)
    case 'handle': {
      const name = (digitsOf(cell) ?? text)
        ?.replace(/^\s+|\s+$/g, '')
        .replace(/^@/, '')
        .toLowerCase()
      return name && Buffer.byteLength(name) <= 1000 ? name : undefined
    }
    case 'id': {
      const id = digitsOf(cell) ?? text
      return id && Buffer.byteLength(id) <= 1000 ? id : undefined
    }
    case 'origin':
      return text !== undefined && Buffer.byteLength(text) <= 1000 ? text : digitsOf(cell)
    default:
      return digitsOf(cell) ?? text
  }
}

const MODES = ['priority', 'discovery', 'both', 'refresh24h', 'manual']

function wordOf(text: string | undefined, words: string[]): string | undefined {
  return words.find((word) => word === text?.replace(/^\s+|\s+$/g, '').toLowerCase())
}

const FLAGS = new Map([
  ...['1', 'true', 't', 'yes'].map((word) => [word, 'true'] as const),
  ...['0', 'false', 'f', 'no'].map((word) => [word, 'false'] as const),
])

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The text of a TEXT cell, if Postgres can hold it. */
export function textOf({ type, hex }: Stored): string | undefined {
  if (type !== 'text') return undefined
  const bytes = Buffer.from(hex, 'hex')
  if (bytes.includes(0)) return undefined
  try {
    return UTF8.decode(bytes)
  } catch {
    return undefined
  }
}

function digitsOf({ type, number }: Stored): string | undefined {
  return type === 'integer' ? String(number) : undefined
}

function integerOf(cell: Stored, text: string | undefined): string | null | undefined {
  if (cell.type === 'integer') return String(cell.number)
  if (cell.type === 'real')
    return Number.isInteger(cell.number) && Math.abs(Number(cell.number)) < 1e15 ? String(cell.number) : undefined
  if (text === '') return null
  if (text === undefined || !/^-?[0-9]+$/.test(text)) return undefined
  const number = BigInt(text)
  return BigInt.asIntN(64, number) === number ? String(number) : undefined
}

/** Microseconds since 1970, in UTC. */
function microseconds(text: string | undefined): string | undefined {
  const [date = '', clock = '00:00', ...more] = (text ?? '').split(/[T ]/)
  const day = /^\d{4}-\d\d-\d\d$/.test(date) && date > '0001' ? new Date(`${date}T00:00:00Z`) : undefined
  // A Date turns 30 February into 2 March.
  if (!day || Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== date || more.length > 0)
    return undefined
  const parts =
    /^([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,6}))?)?(?:Z|([+-])(0\d|1[0-5])(?::?([0-5]\d))?)?$/.exec(clock)
  if (!parts || /[T ]$/.test(text!)) return undefined
  const [, hours, minutes, seconds = '0', fraction = '', sign, offHours = '0', offMinutes = '0'] = parts
  const offset = (Number(offHours) * 60 + Number(offMinutes)) * (sign === '-' ? -1 : 1)
  const whole = day.getTime() / 1000 + Number(hours) * 3600 + (Number(minutes) - offset) * 60 + Number(seconds)
  // The years 0001 to 9999.
  if (whole < -62_135_596_800 || whole >= 253_402_300_800) return undefined
  return String(BigInt(whole) * 1_000_000n + BigInt(fraction.padEnd(6, '0')))
}

function vectorOf(text: string | undefined): string | undefined {
  try {
    const numbers = JSON.parse(text!)
    // JSON.stringify turns numbers that are not finite into null.
    return Array.isArray(numbers) && numbers.every((one) => typeof one === 'number' && Number.isFinite(one))
      ? JSON.stringify(numbers.map((one) => one + 0))
      : undefined
  } catch {
    return undefined
  }
}

/** In integers alone: each number times 10 to the power of 2,100 is one. */
function signBitsOf(vector: string): string | null {
  const numbers = (vector.match(/[^[\],\s]+/g) ?? []).map((token) => {
    const [, sign, whole, fraction, power] = /^(-?)(\d+)\.?(\d*)(?:[eE](.*))?$/.exec(token)!
    const scaled = BigInt(whole! + fraction!) * 10n ** BigInt(2100 - fraction!.length + Number(power ?? 0))
    return sign ? -scaled : scaled
  })
  const magnitudes = numbers.filter((number) => number !== 0n).map((number) => (number < 0n ? -number : number))
  const comparable = magnitudes.every((one) => one >= 10n ** 2000n && one < 10n ** 2200n)
  return magnitudes.length > 0 && comparable ? numbers.map((number) => (number < 0n ? '0' : '1')).join('') : null
}

/** Every row of a table of Postgres by its key, with values in the form of `expected`. */
export async function postgresRows(
  db: Postgres,
  { target, key, columns, computed = {} }: Shape,
): Promise<Map<string, Record<string, string | null>>> {
  const form = (name: string, kind: Kind) =>
    kind === 'time' ? `(extract(epoch from ${name}) * 1000000)::bigint::text as ${name}` : `${name}::text as ${name}`
  const list = [
    ...Object.entries(columns).map(([name, { kind }]) => form(name, kind)),
    ...Object.keys(computed).map((name) => `${name}::text as ${name}`),
  ]
  const rows = await db.query<Record<string, string | null>>(`select ${list.join(', ')} from public.${target}`)
  for (const row of rows)
    if (row.vector_json) row.vector_json = JSON.stringify(JSON.parse(row.vector_json).map((one: number) => one + 0))
  return new Map(rows.map((row) => [keyOf(key, row), row]))
}

export function keyOf(key: string[], row: Record<string, string | null>): string {
  return JSON.stringify(key.map((name) => row[name]))
}

/** The metrics that must be derived from these posts, each as a line of text: docs/rules.md#derived-metrics. */
export function expectedMetrics(posts: Iterable<Record<string, string | null>>): string[] {
  return [...posts].flatMap((post) => {
    const line = (type: string, at: string, values: (metric: string) => (string | null)[]) => {
      if (post[at] === null) return []
      return [
        [
          post.status_id,
          type,
          post[at],
          ...METRICS.map((metric) => values(metric).find((value) => value !== null)),
          'sqlite_migration',
        ].join('|'),
      ]
    }
    return [
      ...line('initial_capture', 'discovered_at', (metric) => [post[`initial_${metric}`]!, post[metric]!]),
      ...line('latest_observed', 'last_seen_at', (metric) => [post[metric]!]),
      ...line('refresh_24h', 'refresh_24h_at', (metric) => [post[`${metric}_24h`]!, post[metric]!]),
    ]
  })
}

export async function readMetrics(db: Postgres): Promise<string[]> {
  const rows =
    await db.query(`select concat_ws('|', status_id, snapshot_type, (extract(epoch from snapshot_at) * 1000000)::bigint,
    likes, reposts, replies, views, source) as line from public.post_metrics_snapshots`)
  return rows.map(({ line }) => line)
}
