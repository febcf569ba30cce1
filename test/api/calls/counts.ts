import assert from 'node:assert/strict'
import { type Call, refuses } from '../../../tooling/lib/api/contract.ts'
import { is } from './expected.ts'

/** Filters, and how many posts of the fixture, significant ones and unreported ones match. */
const STATS: [query: string, posts: number, significant: number, unreported: number][] = [
  ['tier=teammate', 2, 2, 1],
  ['tier=other,influencer&until=2026-02-02', 3, 1, 1],
  ['significant=false', 4, 0, 0],
  ['reported=true', 1, 1, 0],
  ['reported=no&significant=yes', 2, 2, 2],
  ['since=2026-02-01T08:00:00.000002Z&until=2026-02-03T00:00:00.000001Z', 5, 1, 1],
  ['since=2026-02-02&until=2026-02-01', 0, 0, 0],
  ['handle=@Ann', 2, 2, 1],
  ['q=rain', 2, 1, 0],
  ['q=absent', 0, 0, 0],
]

/** Statistics and activity. */
export const COUNTS: readonly Call[] = [
  {
    name: 'the statistics',
    path: '/rpc/stats',
    status: 200,
    check: is({
      posts: 7,
      significant: 3,
      unreported: 2,
      exact: true,
      watchlist: { ecosystem: 0, influencer: 1, investor: 0, teammate: 1 },
      newest_post_at: '2026-02-04T12:30:00+00:00',
      newest_run: {
        run_at: '2026-02-04T13:00:00+00:00',
        mode: 'both',
        fetched_count: 7,
        significant_count: 3,
        reported_count: 1,
      },
    }),
  },
  {
    name: 'the activity per day',
    path: '/rpc/activity?since=2026-02-01&until=2026-02-03',
    status: 200,
    check: is([
      { bucket_at: '2026-02-01T00:00:00+00:00', tier: 'influencer', posts: 2, significant: 1 },
      { bucket_at: '2026-02-01T00:00:00+00:00', tier: 'other', posts: 1, significant: 0 },
      { bucket_at: '2026-02-01T00:00:00+00:00', tier: 'teammate', posts: 1, significant: 1 },
      { bucket_at: '2026-02-02T00:00:00+00:00', tier: 'other', posts: 1, significant: 0 },
    ]),
  },
  {
    name: 'the activity per hour',
    path: '/rpc/activity?bucket=hour&since=2026-02-04',
    status: 200,
    check: is([{ bucket_at: '2026-02-04T12:00:00+00:00', tier: 'teammate', posts: 1, significant: 1 }]),
  },
  {
    name: 'the activity without arguments: the 30 days before the newest post',
    path: '/rpc/activity?since=&until=&bucket=',
    status: 200,
    check: ({ body }) => assert.equal(body.length, 6),
  },
  {
    name: 'the activity where there was none',
    path: '/rpc/activity?until=2000-01-01',
    status: 200,
    check: is([]),
  },
  {
    name: 'the activity per day of a time zone',
    path: '/rpc/activity?zone=Asia/Kolkata&since=2026-02-02T19:00:00Z',
    status: 200,
    check: is([
      { bucket_at: '2026-02-02T18:30:00+00:00', tier: 'ecosystem', posts: 1, significant: 0 },
      { bucket_at: '2026-02-02T18:30:00+00:00', tier: 'other', posts: 1, significant: 0 },
      { bucket_at: '2026-02-03T18:30:00+00:00', tier: 'teammate', posts: 1, significant: 1 },
    ]),
  },
  ...['Asia/Nowhere', '+05:30', 'X-25', "';"].map(
    (zone): Call => ({
      name: `zone=${zone}: the error names the argument`,
      path: `/rpc/activity?zone=${encodeURIComponent(zone)}`,
      status: 400,
      check: refuses('PT400', `zone cannot be '${zone}'`),
    }),
  ),
  ...['tier=teammate', 'handle=ann', 'significant=true&tier=teammate', 'q=-absent&handle=ann'].map(
    (filter): Call => ({
      name: `the activity of ${filter}`,
      path: `/rpc/activity?${filter}`,
      status: 200,
      answers: { 'counted-since': /^$/ },
      check: is([
        { bucket_at: '2026-02-01T00:00:00+00:00', tier: 'teammate', posts: 1, significant: 1 },
        { bucket_at: '2026-02-04T00:00:00+00:00', tier: 'teammate', posts: 1, significant: 1 },
      ]),
    }),
  ),
  {
    name: 'the activity of what was reported',
    path: '/rpc/activity?reported=true',
    status: 200,
    check: is([{ bucket_at: '2026-02-01T00:00:00+00:00', tier: 'teammate', posts: 1, significant: 1 }]),
  },
  ...STATS.map(
    ([filter, ...numbers]): Call => ({
      name: `the statistics of ${filter}`,
      path: `/rpc/stats?${filter}`,
      status: 200,
      check: ({ body }) =>
        assert.deepEqual([body.posts, body.significant, body.unreported, body.exact], [...numbers, true]),
    }),
  ),
  {
    name: 'statistics with an invalid filter',
    path: '/rpc/stats?tier=friend',
    status: 400,
    check: refuses('PT400', "tier cannot be 'friend'"),
  },
  {
    name: 'too many buckets: the error names the argument',
    path: '/rpc/activity?bucket=hour&since=2020-01-01',
    status: 400,
    check: refuses('PT400', "since cannot be '2020-01-01'"),
  },
  {
    name: 'the activity per week: the error names the argument',
    path: '/rpc/activity?bucket=week',
    status: 400,
    check: refuses('PT400', "bucket cannot be 'week'"),
  },
  {
    name: 'an activity that ends before it begins is an error',
    path: '/rpc/activity?since=2026-02-02&until=2026-02-01',
    status: 400,
    check: refuses('PT400', "until cannot be '2026-02-01'"),
  },
]
