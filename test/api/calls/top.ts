import assert from 'node:assert/strict'
import { type Call, refuses } from '../../../tooling/lib/api/contract.ts'
import { id, LAST } from './expected.ts'

/** Posts with the most of a metric, and how many. */
const TOP: [query: string, ...found: [id: string, value: number][]][] = [
  ['limit=2', [id(6), 3_000_000_000], [id(1), 9]],
  ['by=&tier=teammate', [id(1), 9], [LAST, 2]],
  ['by=views&tier=influencer,other&until=2026-02-02', [id(3), 500], [id(2), 400], [id(4), 0]],
  ['by=reposts&handle=ann,ben&significant=true', [id(1), 4], [id(3), 2], [LAST, 1]],
  ['by=replies&q=rain', [id(5), 1], [id(1), 1]],
  ['by=growth&reported=true', [id(1), 13]],
  // Before its second snapshot.
  ['by=growth&reported=true&since=2026-02-01&until=2026-02-09', [id(1), 0]],
  ['per_author=true', [id(6), 3_000_000_000], [id(1), 9], [id(3), 5], [id(5), 1]],
  ['per_author=yes&q=rain&limit=1', [id(1), 9]],
  ['by=views&per_author=false&handle=ben', [id(3), 500], [id(2), 400]],
  ['since=2026-02-05'],
]

/** The top posts, and an author in numbers. */
export const TOP_AND_AUTHOR: readonly Call[] = [
  ...TOP.map(
    ([query, ...found]): Call => ({
      name: `the top posts: ${query}`,
      path: `/rpc/top?${query}`,
      status: 200,
      check: ({ body }) =>
        assert.deepEqual(
          body.map(({ status_id, value }: { status_id: string; value: number }) => [status_id, value]),
          found,
        ),
    }),
  ),
  {
    name: 'the top posts by fame: the error names the argument',
    path: '/rpc/top?by=fame',
    status: 400,
    check: refuses('PT400', "by cannot be 'fame'"),
  },
  {
    name: 'the top posts per author, maybe: the error names the argument',
    path: '/rpc/top?per_author=maybe',
    status: 400,
    check: refuses('PT400', "per_author cannot be 'maybe'"),
  },
  {
    name: 'an author',
    path: '/rpc/author?handle=@Ann',
    status: 200,
    check: ({ body: { best_post, ...numbers } }) => {
      assert.equal(best_post.status_id, id(1))
      assert.deepEqual(numbers, {
        handle: 'ann',
        display_name: 'Ann',
        tier: 'teammate',
        note: 'of ours',
        posts: 2,
        exact: true,
        first_seen_at: '2026-02-01T08:00:00.000001+00:00',
        last_seen_at: '2026-02-04T12:30:00+00:00',
        recent_posts: 2,
        median_likes: 5.5,
        median_views: 550,
        posts_per_week: 2,
      })
    },
  },
  {
    name: 'an author who is not on the watchlist',
    path: '/rpc/author?handle=dora',
    status: 200,
    check: ({ body }) =>
      assert.deepEqual([body.tier, body.note, body.posts, body.posts_per_week], ['ecosystem', null, 1, 1]),
  },
  {
    name: 'an unknown author',
    path: '/rpc/author?handle=nobody',
    status: 404,
    check: refuses('PT404', "no author has the handle 'nobody'"),
  },
  ...['', 'ann,ben'].map(
    (handle): Call => ({
      name: `the author ${handle || 'without a name'}: the error names the argument`,
      path: `/rpc/author?handle=${handle}`,
      status: 400,
      check: refuses('PT400', `handle cannot be '${handle}'`),
    }),
  ),
]
