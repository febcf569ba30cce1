import assert from 'node:assert/strict'
import { type Call, refuses } from '../../../tooling/lib/api/contract.ts'
import { id, ids, is, LAST, NEWEST_FIRST } from './expected.ts'

/** Filters of the feed and which posts of the fixture they find. */
const FILTERS: [query: string, found: string[]][] = [
  ['', NEWEST_FIRST],
  ['since=&until=&tier=&handle=&significant=&reported=&q=&cursor=', NEWEST_FIRST],
  ['limit=2', NEWEST_FIRST.slice(0, 2)],
  ['limit=2&offset=3', NEWEST_FIRST.slice(3, 5)],
  ['since=2026-02-03', [LAST, id(6)]],
  ['until=2026-02-03', [id(5), id(4), id(3), id(2), id(1)]],
  ['since=2026-02-03T01:00:00%2B01:00&until=2026-02-04T12:30:00Z', [id(6)]],
  ['since=2026-02-01 08:00:00.000002', NEWEST_FIRST.slice(0, 6)],
  ['until=2026-02-01T08:00:00.000002Z', [id(1)]],
  ['tier=teammate', [LAST, id(1)]],
  ['tier=Teammate,%20ecosystem', [LAST, id(6), id(1)]],
  ['tier=other', [id(5), id(4)]],
  ['tier=other,influencer', [id(5), id(4), id(3), id(2)]],
  ['handle=@Ann', [LAST, id(1)]],
  ['handle=ann,%20@BEN', [LAST, id(3), id(2), id(1)]],
  ['handle=nobody', []],
  ['significant=true', [LAST, id(3), id(1)]],
  ['significant=no', [id(6), id(5), id(4), id(2)]],
  ['significant=true&tier=teammate&until=2026-02-02', [id(1)]],
  ['reported=true', [id(1)]],
  ['reported=false', NEWEST_FIRST.filter((post) => post !== id(1))],
  ['reported=no&significant=yes', [LAST, id(3)]],
  ['q=RAIN', [id(5), id(1)]],
  ['q=rain%20harbour', [id(1)]],
  ['q=rain%20-harbour', [id(5)]],
  ['q=%22the%20last%22', [LAST]],
  ['q=%22last%20the%22', []],
  ['q=-rain%20-the', [id(6), id(4), id(3), id(2)]],
  ['q=100%25', [id(2)]],
  ['q=humid_air', [id(2)]],
  ['q=%5C', [id(2)]],
  ['q=ab', [id(3)]],
  ['q=cleo', [id(5), id(4)]],
  ['q=%D0%B3%D1%80%D0%BE%D0%B7%D0%B0', [id(5)]],
  ['q=rain%20gr%C3%BCn%20and%20%D0%B3%D1%80%D0%BE%20cleo', [id(5)]],
  ['q=%20', NEWEST_FIRST],
  ['q=absent', []],
]

/** The feed with its filters, the view of it, and its pages. */
export const FEED: readonly Call[] = [
  ...FILTERS.map(
    ([query, found]): Call => ({
      name: `/rpc/feed?${query}`,
      path: `/rpc/feed?${query}`,
      status: 200,
      check: ids(found),
    }),
  ),
  {
    name: 'a row of the feed',
    path: '/rpc/feed?limit=1&q=harbour',
    status: 200,
    answers: { 'content-range': /^0-0\/\*$/, 'content-type': /^application\/json; charset=utf-8$/ },
    check: is([
      {
        status_id: id(1),
        discovered_at: '2026-02-01T08:00:00.000001+00:00',
        author_handle: 'ann',
        author_display: 'Ann',
        watch_tier: 'teammate',
        body_text: 'Rain over the harbour',
        url: `https://x.com/ann/status/${id(1)}`,
        is_significant: true,
        significance_reason: 'a first',
        likes: 9,
        reposts: 4,
        replies: 1,
        views: 900,
        reported_at: '2026-02-01T09:00:00+00:00',
        cursor: `0002ecbd5c9a2001_${id(1)}`,
      },
    ]),
  },
  {
    name: 'a read takes no body',
    path: '/rpc/feed?limit=5',
    method: 'POST',
    body: { handle: 'ann', significant: true },
    status: 405,
    answers: { allow: /^GET, HEAD, OPTIONS$/ },
    check: ({ body }) => assert.equal(body.code, 'PGRST117'),
  },
  {
    name: 'the feed view',
    path: '/feed?limit=3',
    status: 200,
    answers: { 'content-range': /^0-2\/\*$/ },
    check: ids(NEWEST_FIRST.slice(0, 3)),
  },
  {
    name: 'the feed view, counted',
    path: '/feed?limit=3',
    headers: { Prefer: 'count=exact' },
    status: 206,
    answers: { 'content-range': /^0-2\/7$/ },
  },
  {
    name: 'the feed view, filtered as PostgREST does',
    path: '/feed?watch_tier=is.null&order=likes.desc',
    status: 200,
    check: ids([id(5), id(4)]),
  },
  {
    name: 'columns of the feed',
    path: '/rpc/feed?select=status_id,likes&limit=1&tier=ecosystem',
    status: 200,
    check: is([{ status_id: id(6), likes: 3_000_000_000 }]),
  },
  {
    name: 'the first page',
    path: '/rpc/feed_page?page_size=2',
    status: 200,
    check({ body }) {
      assert.deepEqual(Object.keys(body), ['items', 'next_cursor'])
      assert.deepEqual([body.items.length, body.items[0].status_id], [2, LAST])
      assert.equal(body.next_cursor, body.items[1].cursor)
    },
  },
  {
    name: 'the last page has no next_cursor',
    path: '/rpc/feed_page?page_size=2&handle=ann',
    status: 200,
    check: ({ body }) => assert.equal(body.next_cursor, null),
  },
  {
    name: 'an empty page',
    path: '/rpc/feed_page?handle=nobody',
    status: 200,
    check: is({ items: [], next_cursor: null }),
  },
  {
    name: 'page_size=200 is allowed',
    path: '/rpc/feed_page?page_size=200',
    status: 200,
    check: ({ body }) => assert.equal(body.items.length, 7),
  },
  {
    name: 'page_size=201 is not',
    path: '/rpc/feed_page?page_size=201',
    status: 400,
    check: refuses('PT400', "page_size cannot be '201'"),
  },
]
