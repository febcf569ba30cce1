/** The only file of the tooling that names tables and columns: what is moved, to where, and by which rule. */
import { TIERS } from '../tiers.ts'
import { signBits } from './sign-bits.ts'
import { timestamp } from './timestamps.ts'
import { boolean, handle, integer, key, oneOf, orElse, type Rule, required, shortText, text, vector } from './values.ts'

export type Column = {
  /** Its name in Postgres. */
  name: string
  /** Its names in SQLite: the first one that the file has is used. */
  from: readonly string[]
  rule: Rule
  /** Whether the source file must have it. */
  required: boolean
  /** The value of every row when the source file has no such column; null by default. */
  absent?: string
  /** The rule computes it from a column that is moved as well: no source file has it. */
  computed?: true
}

export type Table = {
  /** Its name in SQLite, also that of its export file. */
  source: string
  /** Its name in Postgres, schema public. */
  target: string
  /** The columns that make a row unique in Postgres. */
  key: readonly string[]
  columns: readonly Column[]
  /** The table that must have a row with the same key, and the reason to reject a row without one: docs/rules.md#rule-8. */
  parent?: { target: string; key: string; orphan: string }
  /** Where its rows have a tombstone, if they were deleted on request: docs/rules.md#rule-8. */
  tombstones: readonly { table: string; key: string; column: string }[]
  /** Set to now() when a row changes. */
  touchedColumn?: string
  /** Set to null when a row changes: what ingest wrote there says nothing of the new values. */
  clearedColumn?: string
  /** The column whose values the validation counts on both sides. */
  countBy?: string
  /** Columns that Postgres fills itself: the source has nothing to compare them with. */
  generatedColumns: readonly string[]
  /** The API's call that takes its rows. */
  ingest: string
  /** The column that gives the day of a row in /rpc/ingest_digest. */
  dayColumn: string
  /** A column whose newest value only grows: it tells an older copy of the source file. */
  clock?: string
  /** The column with an array of numbers, and the one with its length: docs/rules.md#rule-8. */
  vector?: { column: string; dims: string }
}

const MODES = ['priority', 'discovery', 'both', 'refresh24h', 'manual']

const tier = oneOf(TIERS)
const mode = oneOf(MODES, { 'refresh-24h': 'refresh24h', refresh_24h: 'refresh24h' })
const count = orElse('0', integer)

const METRICS = ['likes', 'reposts', 'replies', 'views'] as const

/** A column for each metric, named by `named`; wherever reposts occurs, older files say retweets. */
function metrics(rule: Rule, named: (metric: string) => string): Column[] {
  return METRICS.map((metric) => optional(named(metric), rule, ...(metric === 'reposts' ? [named('retweets')] : [])))
}

function optional(name: string, rule: Rule, ...older: string[]): Column {
  return { name, from: [name, ...older], rule, required: false }
}

function needed(name: string, rule: Rule, ...older: string[]): Column {
  return { name, from: [name, ...older], rule: required(rule), required: true }
}

/** The tables with the tombstones, which no import and no rollback empties. A post may be in one because its author is in the other. */
export const DELETED_AUTHORS = { table: 'deleted_authors', key: 'handle' }
export const DELETED_POSTS = { table: 'deleted_posts', key: 'status_id' }

const posts: Table = {
  source: 'tweets',
  target: 'posts',
  key: ['status_id'],
  columns: [
    needed('status_id', key, 'id'),
    needed('url', text, 'status_url', 'tweet_url'),
    needed('author_handle', handle, 'handle', 'author', 'username'),
    optional('author_display', text, 'display_name', 'author_name'),
    optional('body_text', text, 'text', 'tweet_text', 'content'),
    optional('posted_relative', text),
    optional('source_query', text, 'query_type', 'source'),
    optional('watch_tier', tier, 'tier'),
    optional('is_significant', orElse('f', boolean), 'significant'),
    optional('significance_reason', text, 'reason'),
    { ...optional('significance_version', text), absent: 'v1' },
    ...metrics(count, (metric) => metric),
    ...metrics(integer, (metric) => `initial_${metric}`),
    ...metrics(integer, (metric) => `${metric}_24h`),
    optional('refresh_24h_at', timestamp),
    optional('refresh_24h_status', text),
    ...metrics(integer, (metric) => `refresh_24h_delta_${metric}`),
    needed('discovered_at', timestamp, 'captured_at', 'created_at'),
    needed('last_seen_at', timestamp, 'updated_at', 'seen_at'),
  ],
  tombstones: [
    { ...DELETED_AUTHORS, column: 'author_handle' },
    { ...DELETED_POSTS, column: 'status_id' },
  ],
  touchedColumn: 'updated_at',
  clearedColumn: 'metrics_at',
  countBy: 'watch_tier',
  ingest: 'ingest_posts',
  dayColumn: 'discovered_at',
  clock: 'last_seen_at',
  generatedColumns: ['search_text', 'metrics_at', 'created_at', 'updated_at'],
}

const reports: Table = {
  source: 'reports',
  target: 'reports',
  key: ['status_id'],
  columns: [
    needed('status_id', key),
    needed('reported_at', timestamp, 'created_at'),
    optional('channel', text),
    optional('summary', text),
    optional('destination', text),
  ],
  parent: { target: posts.target, key: 'status_id', orphan: 'no post has this status_id' },
  tombstones: [{ ...DELETED_POSTS, column: 'status_id' }],
  ingest: 'ingest_reports',
  dayColumn: 'reported_at',
  generatedColumns: ['created_at'],
}

const watchAccounts: Table = {
  source: 'watch_accounts',
  target: 'watch_accounts',
  key: ['handle'],
  columns: [
    needed('handle', handle, 'author_handle'),
    needed('tier', tier, 'watch_tier'),
    optional('note', text),
    needed('added_at', timestamp, 'created_at', 'updated_at'),
  ],
  tombstones: [{ ...DELETED_AUTHORS, column: 'handle' }],
  touchedColumn: 'updated_at',
  countBy: 'tier',
  ingest: 'ingest_watch_accounts',
  dayColumn: 'added_at',
  generatedColumns: ['created_at', 'updated_at'],
}

const runs: Table = {
  source: 'runs',
  target: 'pipeline_runs',
  key: ['run_at', 'mode', 'source'],
  columns: [
    needed('run_at', timestamp, 'created_at', 'timestamp'),
    needed('mode', mode),
    optional('fetched_count', integer),
    optional('significant_count', integer),
    optional('reported_count', integer),
    optional('note', text),
    { ...optional('source', orElse('local-dispatcher', shortText)), absent: 'local-dispatcher' },
  ],
  tombstones: [],
  ingest: 'ingest_run',
  dayColumn: 'run_at',
  clock: 'run_at',
  generatedColumns: ['created_at'],
}

const embeddings: Table = {
  source: 'tweet_embeddings',
  target: 'embeddings',
  key: ['status_id'],
  columns: [
    needed('status_id', key),
    needed('backend', text),
    needed('model', text),
    optional('dims', integer),
    needed('vector_json', vector),
    needed('text_hash', text),
    needed('created_at', timestamp),
    optional('updated_at', timestamp),
    { name: 'sign_bits', from: ['vector_json'], rule: signBits, required: false, computed: true },
  ],
  parent: { target: posts.target, key: 'status_id', orphan: 'no post has this status_id' },
  tombstones: [{ ...DELETED_POSTS, column: 'status_id' }],
  ingest: 'ingest_embeddings',
  dayColumn: 'created_at',
  generatedColumns: [],
  vector: { column: 'vector_json', dims: 'dims' },
}

/** In the order of the import: docs/rules.md#rule-10. */
export const TABLES: readonly Table[] = [watchAccounts, posts, reports, runs, embeddings]

export const POSTS = posts

/** Each post of a deleted author in the relation gets a tombstone of its own: it stays deleted when the account is renamed. */
export const buryPosts = (relation: string) => `
  insert into public.deleted_posts (status_id, handle)
  select distinct on (status_id) status_id, author_handle
  from ${relation} join public.deleted_authors on handle = author_handle
  on conflict do nothing;
  delete from public.posts using public.deleted_posts tombstone where posts.status_id = tombstone.status_id`

/** The columns that the validation shows of its random posts: docs/rules.md#spot-checks. */
export const SPOT_CHECK = ['url', 'author_handle', 'body_text', 'is_significant', 'discovered_at']

/** The source of metrics that were derived from a moved post; a collector's have 'ingest'. */
const MIGRATED = 'sqlite_migration'

/** The type that may keep older rows: those an earlier import derived from an earlier last_seen_at. */
const HISTORY = 'latest_observed'

/** How one type of metrics is derived from a post: its instant, and each metric with its fallback. docs/rules.md#derived-metrics */
type Derivation = { type: string; at: string; metric: (metric: string) => string }

const DERIVATIONS: readonly Derivation[] = [
  { type: 'initial_capture', at: 'discovered_at', metric: (metric) => `coalesce(initial_${metric}, ${metric}, 0)` },
  { type: HISTORY, at: 'last_seen_at', metric: (metric) => `coalesce(${metric}, 0)` },
  { type: 'refresh_24h', at: 'refresh_24h_at', metric: (metric) => `coalesce(${metric}_24h, ${metric}, 0)` },
]

export const SNAPSHOTS = {
  target: 'post_metrics_snapshots',
  key: ['status_id', 'snapshot_type', 'snapshot_at'],
  columns: ['status_id', 'snapshot_type', 'snapshot_at', ...METRICS, 'source'],
  generatedColumns: ['created_at'],
  types: DERIVATIONS.map(({ type }) => type),
  history: { type: HISTORY, source: MIGRATED, at: 'last_seen_at' },
  outdated,
  /** The source of what a collector sent: never derived, never changed by an import. */
  appended: 'ingest',
  /** A SELECT of the rows of one type, derived from a relation that has the columns of posts. */
  derive: (type: string, relation: string) => deriveFrom(DERIVATIONS.find((one) => one.type === type)!, relation),
} as const

function deriveFrom({ type, at, metric }: Derivation, relation: string): string {
  const values = METRICS.map((name) => `${metric(name)} as ${name}`).join(', ')
  return `select status_id, '${type}'::text as snapshot_type, ${at} as snapshot_at, ${values}, '${MIGRATED}'::text as source
    from ${relation} where ${at} is not null`
}

/** A condition on two relations: the metrics were derived from an instant that their post no longer has. */
function outdated(snapshot: string, post: string): string {
  const cases = DERIVATIONS.map(({ type, at }) => {
    const gone = type === HISTORY ? '>' : 'is distinct from'
    return `when '${type}' then ${snapshot}.snapshot_at ${gone} ${post}.${at}`
  })
  return `${snapshot}.source = '${MIGRATED}' and case ${snapshot}.snapshot_type ${cases.join(' ')} end`
}

/** Every table that the move fills, children before their parents. */
export const TARGET_TABLES: readonly string[] = [SNAPSHOTS.target, ...TABLES.map(({ target }) => target).reverse()]
