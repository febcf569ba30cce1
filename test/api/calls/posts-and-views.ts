import assert from 'node:assert/strict'
import { type Call, refuses } from '../../../tooling/lib/api/contract.ts'
import { id, is, LAST } from './expected.ts'

/** One post, and the views of schema api. */
export const POSTS_AND_VIEWS: readonly Call[] = [
  {
    name: 'a post whose id has 19 digits',
    path: `/rpc/post?status_id=${LAST}`,
    status: 200,
    check({ body }) {
      assert.equal(body.post.status_id, LAST)
      assert.deepEqual([body.snapshots, body.report], [[], null])
      assert.ok('refresh_24h_delta_views' in body.post && 'reported_at' in body.post)
    },
  },
  {
    name: 'a post with its snapshots in chronological order, and its report',
    path: `/rpc/post?status_id=${id(1)}`,
    status: 200,
    check({ body }) {
      assert.deepEqual(
        body.snapshots.map(({ snapshot_type }: { snapshot_type: string }) => snapshot_type),
        ['initial_capture', 'latest_observed'],
      )
      assert.deepEqual(body.report, {
        status_id: id(1),
        reported_at: '2026-02-01T09:00:00+00:00',
        channel: 'mail',
        summary: 'Rain',
        destination: null,
        created_at: '2026-02-10T00:00:00+00:00',
      })
    },
  },
  {
    name: 'the previous id, equal as a JS number, is unknown',
    path: '/rpc/post?status_id=9223372036854775806',
    status: 404,
    check: refuses('PT404', 'no post has the status_id'),
  },
  {
    name: 'an id beyond 2^53 as a filter',
    path: `/posts?status_id=eq.${LAST}&select=status_id`,
    status: 200,
    check: is([{ status_id: LAST }]),
  },
  {
    name: 'posts with embedded reports and snapshots',
    path: `/posts?status_id=eq.${id(1)}&select=status_id,reports(channel),post_metrics_snapshots(likes)&post_metrics_snapshots.order=snapshot_at`,
    status: 200,
    check: is([
      { status_id: id(1), reports: { channel: 'mail' }, post_metrics_snapshots: [{ likes: 1 }, { likes: 9 }] },
    ]),
  },
  {
    name: 'reports with embedded posts',
    path: '/reports?select=channel,posts(author_handle)',
    status: 200,
    check: is([{ channel: 'mail', posts: { author_handle: 'ann' } }]),
  },
  {
    name: 'the watchlist, by tier and handle',
    path: '/rpc/watch_accounts?select=handle',
    status: 200,
    check: is([{ handle: 'ben' }, { handle: 'ann' }]),
  },
]
