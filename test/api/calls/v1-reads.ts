import assert from 'node:assert/strict'
import { type Call, refuses } from '../../../tooling/lib/api/contract.ts'
import { id, ids, LAST } from './expected.ts'

/** Reads of the v1 contract, through the edge. */
export const V1_READS: readonly Call[] = [
  {
    name: 'the v1 feed',
    path: '/v1/feed?limit=3&tier=teammate',
    status: 200,
    check: ({ body }) => ids([LAST, id(1)])({ body: body.items } as never, {}),
  },
  {
    name: 'the v1 feed, invalid',
    path: '/v1/feed?limit=0',
    status: 400,
    check: refuses('PT400', "limit cannot be '0'"),
  },
  {
    name: 'the v1 post, unknown',
    path: '/v1/posts/1',
    status: 404,
    check: refuses('PT404', "no post has the status_id '1'"),
  },
  {
    name: 'the v1 post has when it was reported, as in the feed',
    path: `/v1/posts/${id(1)}`,
    status: 200,
    check: ({ body }) => assert.equal(body.post.reported_at, '2026-02-01T09:00:00+00:00'),
  },
  {
    name: 'the v1 feed of two tiers, sent twice',
    path: '/v1/feed?tier=teammate&tier=ecosystem',
    status: 200,
    check: ({ body }) => ids([LAST, id(6), id(1)])({ body: body.items } as never, {}),
  },
  {
    name: 'the v1 feed of two handles, with a space between',
    path: '/v1/feed?handle=%40Ann%20dora',
    status: 200,
    check: ({ body }) => ids([LAST, id(6), id(1)])({ body: body.items } as never, {}),
  },
  {
    name: 'the v1 feed with too large a page: the error names the v1 parameter',
    path: '/v1/feed?limit=201',
    status: 400,
    check: refuses('PT400', "limit cannot be '201'"),
  },
  {
    name: 'a parameter that cannot be a list is rejected if sent twice',
    path: '/v1/feed?since=2026-01-01&since=2026-02-01',
    status: 400,
    check: refuses('PT400', 'since is given more than once'),
  },
  {
    name: 'a v1 path with a trailing slash',
    path: '/v1/feed/?limit=1',
    status: 200,
    check: ({ body }) => assert.equal(body.items.length, 1),
  },
  {
    name: 'a v1 read with the credentials of another service',
    path: '/v1/feed?limit=1',
    headers: { Authorization: 'Bearer foreign', 'X-API-Key': 'foreign' },
    status: 200,
  },
  {
    name: 'a v1 read that accepts only HTML',
    path: '/v1/feed?limit=1',
    headers: { Accept: 'text/html' },
    status: 406,
    check: ({ body }) => assert.equal(body.code, 'PGRST107'),
  },
  {
    name: 'the v1 watchlist',
    path: '/v1/watch-accounts?tier=teammate',
    status: 200,
    check: ({ body }) => assert.equal(body[0].handle, 'ann'),
  },
  {
    name: 'the v1 watchlist of an unknown tier',
    path: '/v1/watch-accounts?tier=boss',
    status: 400,
    check: refuses('PT400', "tier cannot be 'boss'"),
  },
]
