import assert from 'node:assert/strict'
import { TIERS } from '../tiers.ts'
import { type Answer, type Call, type Known, refuses } from './contract.ts'

const PAGE = ['status_id', 'discovered_at', 'author_handle', 'author_display', 'watch_tier', 'body_text', 'url']
const SIGNIFICANCE = ['is_significant', 'significance_reason']
const METRICS = ['likes', 'reposts', 'replies', 'views']

/** The columns of the feed, in their order. */
const FEED = [...PAGE, ...SIGNIFICANCE, ...METRICS, 'reported_at', 'cursor']

/** Calls that change nothing and hold whatever is in the database: the runbook's three smoke calls first, as clients know them. */
export const READS: readonly Call[] = [
  {
    name: 'GET /v1/health: the API is healthy',
    path: '/v1/health',
    status: 200,
    check: ({ body }) => assert.deepEqual(body, { ok: true, service: 'xmonitor-api', version: 'v1' }),
  },
  {
    name: 'GET /v1/feed?limit=20: a page and the cursor of the next',
    path: '/v1/feed?limit=20',
    status: 200,
    answers: { 'cache-control': /public, max-age=/ },
    check({ body }, known) {
      assert.deepEqual(Object.keys(body), ['items', 'next_cursor'])
      rowsOfTheFeed(body.items, 20)
      known.post = body.items[0]
    },
  },
  {
    name: 'GET /v1/posts/{statusId}: a known post with its snapshots and its report',
    path: ({ post }) => post && `/v1/posts/${encodeURIComponent(post.status_id)}`,
    status: 200,
    check: isThePost,
  },
  {
    name: 'GET /health: one row, healthy',
    path: '/health',
    status: 200,
    answers: { 'content-type': /^application\/json/, 'cache-control': /no-store/ },
    check: ({ body }) => assert.deepEqual(body, [{ ok: true, service: 'xmonitor-api', version: 'v1' }]),
  },
  {
    name: 'GET /feed?limit=20: the newest posts, in order',
    path: '/feed?limit=20',
    status: 200,
    answers: {
      'content-type': /^application\/json/,
      'cache-control': /public, max-age=/,
      'content-range': /^(0-\d+|\*)\/\*$/,
    },
    check({ body }, known) {
      rowsOfTheFeed(body, 20)
      known.post = body[0]
    },
  },
  {
    name: 'GET /rpc/post: a known post',
    path: ({ post }) => post && `/rpc/post?status_id=${encodeURIComponent(post.status_id)}`,
    status: 200,
    check: isThePost,
  },
  {
    name: 'GET /v1/watch-accounts',
    path: '/v1/watch-accounts?tier=teammate',
    status: 200,
    check: ({ body }) => assert.ok(body.every(({ tier }: { tier: string }) => tier === 'teammate')),
  },
  { name: 'GET /v1/stats/summary', path: '/v1/stats/summary', status: 200, check: hasStats },
  { name: 'GET /rpc/stats', path: '/rpc/stats', status: 200, check: hasStats },
  {
    name: 'the feed continues after a cursor',
    path: ({ post }) => post && `/rpc/feed?limit=5&cursor=${encodeURIComponent(post.cursor)}`,
    status: 200,
    check({ body }, { post }) {
      rowsOfTheFeed(body, 5)
      assert.ok(body.every(({ status_id }: { status_id: string }) => status_id !== post!.status_id))
    },
  },
  ...[
    ['tier=teammate,other', ({ watch_tier }: Row) => watch_tier === 'teammate' || watch_tier === null],
    ['significant=true', ({ is_significant }: Row) => is_significant === true],
    ['reported=true', ({ reported_at }: Row) => reported_at !== null],
    ['reported=false', ({ reported_at }: Row) => reported_at === null],
    ['until=2000-01-01', () => false],
  ].map(
    ([filter, fits]): Call => ({
      name: `GET /rpc/feed?${filter}`,
      path: `/rpc/feed?limit=20&${filter}`,
      status: 200,
      check({ body }) {
        rowsOfTheFeed(body, 20)
        assert.ok(body.every(fits))
      },
    }),
  ),
  {
    name: 'GET /rpc/activity: posts per day and tier',
    path: '/rpc/activity?bucket=day',
    status: 200,
    check: ({ body }) =>
      body.forEach((row: object) => {
        assert.deepEqual(Object.keys(row), ['bucket_at', 'tier', 'posts', 'significant'])
      }),
  },
  {
    name: 'GET /rpc/similar: posts similar to a known one',
    path: ({ post }) => post && `/rpc/similar?limit=5&status_id=${encodeURIComponent(post.status_id)}`,
    status: 200,
    check({ body }, { post }) {
      assert.ok(Array.isArray(body) && body.length <= 5)
      for (const row of body) {
        assert.deepEqual(Object.keys(row), ['similarity', 'similar_to', ...FEED])
        assert.equal(row.similar_to, post!.status_id)
      }
    },
  },
  {
    name: 'GET /rpc/feed_atom: the feed as Atom',
    path: '/rpc/feed_atom?page_size=3',
    status: 200,
    answers: { 'content-type': /^application\/atom\+xml/, 'cache-control': /public, max-age=/ },
    check: ({ text }) => assert.match(text, /^<\?xml[^>]*\?>\n<feed xmlns="http:\/\/www.w3.org\/2005\/Atom">/),
  },
  {
    name: 'GET /posts embeds the report',
    path: '/posts?select=status_id,reports(reported_at)&limit=3',
    status: 200,
    check: ({ body }) =>
      body.forEach((row: object) => {
        assert.deepEqual(Object.keys(row), ['status_id', 'reports'])
      }),
  },
  ...['reports', 'post_metrics_snapshots', 'watch_accounts', 'pipeline_runs'].map(
    (view): Call => ({ name: `GET /${view}`, path: `/${view}?limit=1`, status: 200 }),
  ),
  {
    name: 'the feed as CSV',
    path: '/feed?limit=1&select=status_id,author_handle',
    headers: { Accept: 'text/csv' },
    status: 200,
    answers: { 'content-type': /^text\/csv/ },
  },
  ...[
    ['since', 'notatime'],
    ['until', '2026-02-30'],
    ['tier', 'boss'],
    ['significant', 'maybe'],
    ['reported', 'perhaps'],
    ['cursor', 'xyz'],
    ['handle', ','],
    ['q', 'x'.repeat(1_000)],
  ].map(
    ([argument, value]): Call => ({
      name: `${argument}=${value!.slice(0, 10)} is refused by name`,
      path: `/rpc/feed?${argument}=${value}`,
      status: 400,
      check: refuses('PT400', `${argument} cannot be '`),
    }),
  ),
  ...['0', '500', 'many'].map(
    (value): Call => ({
      name: `page_size=${value} is refused by name`,
      path: `/rpc/feed_page?page_size=${value}`,
      status: 400,
      check: refuses('PT400', `page_size cannot be '${value}'`),
    }),
  ),
  {
    name: 'an unknown post is 404',
    path: '/rpc/post?status_id=no-such-post',
    status: 404,
    check: refuses('PT404', "no post has the status_id 'no-such-post'"),
  },
  {
    name: 'nothing can be written without a token',
    path: '/rpc/ingest_posts',
    method: 'POST',
    body: { items: [] },
    status: 401,
    check: refuses('42501', 'permission denied for function ingest_posts'),
  },
]

/** Of the API's own address, which its edge alone may use. */
export const ORIGIN_READ: Call = {
  name: "the API's own address refuses what does not come through the edge",
  path: '/rpc/stats',
  status: 403,
}

/** With a token: a batch without items changes nothing. */
export const TOKEN_READ: Call = {
  name: 'the token may write',
  path: '/rpc/ingest_posts',
  method: 'POST',
  token: true,
  body: { items: [] },
  status: 200,
  check: ({ body }) =>
    assert.deepEqual(body, {
      received: 0,
      inserted: 0,
      updated: 0,
      skipped: 0,
      superseded: 0,
      deleted: 0,
      ignored: {},
      errors: [],
    }),
}

type Row = { discovered_at: string; watch_tier: string | null; is_significant: boolean; reported_at: string | null }

function rowsOfTheFeed(rows: Row[], most: number): void {
  assert.ok(Array.isArray(rows) && rows.length <= most, `${rows.length} rows`)
  for (const row of rows) assert.deepEqual(Object.keys(row), FEED)
  const times = rows.map(({ discovered_at }) => discovered_at)
  assert.deepEqual(times, times.toSorted().reverse(), 'newest first')
}

function isThePost({ body }: Answer, { post }: Known): void {
  assert.deepEqual(Object.keys(body), ['post', 'snapshots', 'report'])
  assert.equal(body.post.status_id, post!.status_id)
  assert.ok(Array.isArray(body.snapshots))
}

function hasStats({ body }: Answer): void {
  const keys = ['posts', 'significant', 'unreported', 'exact', 'watchlist', 'newest_post_at', 'newest_run']
  assert.deepEqual(Object.keys(body), keys)
  assert.deepEqual(Object.keys(body.watchlist), TIERS.toSorted())
}
