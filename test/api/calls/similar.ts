import assert from 'node:assert/strict'
import { type Call, refuses } from '../../../tooling/lib/api/contract.ts'
import { id, ids, is, LAST } from './expected.ts'

/** Calls that compare vectors. */
export const SIMILAR: readonly Call[] = [
  {
    name: 'the posts most similar to a given one, the most similar first',
    path: `/rpc/similar?status_id=${id(1)}&select=similarity,similar_to,status_id`,
    status: 200,
    answers: { 'cache-control': /^public, max-age=/, embedding: /^$/ },
    check: is([
      { similarity: 1, similar_to: id(1), status_id: LAST },
      { similarity: 0.96, similar_to: id(1), status_id: id(2) },
      { similarity: 0, similar_to: id(1), status_id: id(3) },
    ]),
  },
  {
    name: 'the most similar post, with the columns of the feed',
    path: `/rpc/similar?status_id=${id(2)}&limit=1`,
    status: 200,
    check: is([
      {
        similarity: 0.96,
        similar_to: id(2),
        status_id: LAST,
        discovered_at: '2026-02-04T12:30:00+00:00',
        author_handle: 'ann',
        author_display: 'Ann',
        watch_tier: 'teammate',
        body_text: 'The last of them',
        url: `https://x.com/ann/status/${LAST}`,
        is_significant: true,
        significance_reason: 'a first',
        likes: 2,
        reposts: 1,
        replies: 1,
        views: 200,
        reported_at: null,
        cursor: `0002ecfd7bb8a200_${LAST}`,
      },
    ]),
  },
  ...(
    [
      ['since=2026-02-02', [LAST]],
      ['until=2026-02-02', [id(2), id(3)]],
      ['tier=influencer', [id(2), id(3)]],
      ['handle=@Ben,nobody', [id(2), id(3)]],
      ['significant=true', [LAST, id(3)]],
      ['reported=true', []],
      ['reported=false', [LAST, id(2), id(3)]],
      ['q=storm', [id(3)]],
      ['tier=other', []],
      ['since=&until=&tier=&handle=&significant=&reported=&q=', [LAST, id(2), id(3)]],
    ] as [query: string, found: string[]][]
  ).map(
    ([query, found]): Call => ({
      name: `/rpc/similar?status_id=...&${query}`,
      path: `/rpc/similar?status_id=${id(1)}&${query}`,
      status: 200,
      check: ids(found),
    }),
  ),
  {
    name: 'similar to an unknown post',
    path: '/rpc/similar?status_id=9223372036854775806',
    status: 404,
    check: refuses('PT404', 'no post has the status_id'),
  },
  {
    name: 'similar to a post without a vector: none, and a header says why',
    path: `/rpc/similar?status_id=${id(4)}`,
    status: 200,
    answers: { 'cache-control': /^public, max-age=/, embedding: /^missing$/ },
    check: is([]),
  },
  {
    name: 'similar to a post whose vector is all zero: none, and a header says why',
    path: `/rpc/similar?status_id=${id(6)}`,
    status: 200,
    answers: { embedding: /^not-comparable$/ },
    check: is([]),
  },
  {
    name: 'similar with an invalid filter, even without a vector',
    path: `/rpc/similar?status_id=${id(4)}&since=yesterday`,
    status: 400,
    check: refuses('PT400', "since cannot be 'yesterday'"),
  },
  {
    name: 'the posts nearest to a vector',
    path: '/rpc/nearest?select=similarity,similar_to,status_id&limit=2',
    method: 'POST',
    body: { vector: [0.3, 0.4], model: 'm', until: '2026-02-03' },
    status: 200,
    check({ body }) {
      ids([id(1), id(2)])({ body } as never, {})
      assert.ok(Math.abs(body[0].similarity - 1) < 1e-9 && Math.abs(body[1].similarity - 0.96) < 1e-9)
      assert.equal(body[0].similar_to, null)
    },
  },
  {
    name: 'the posts nearest to a vector of another model',
    path: '/rpc/nearest',
    method: 'POST',
    body: { vector: [-3, -4], model: 'other' },
    status: 200,
    check: ids([id(5)]),
  },
  {
    name: 'a vector of another length has no nearest posts',
    path: '/rpc/nearest',
    method: 'POST',
    body: { vector: [3, 4, 5], model: 'm' },
    status: 200,
    check: is([]),
  },
  ...['', null].map(
    (model): Call => ({
      name: `nearest with the model ${JSON.stringify(model)}: the error names the argument`,
      path: '/rpc/nearest',
      method: 'POST',
      body: { vector: [3, 4], model },
      status: 400,
      check: refuses('PT400', "model cannot be ''"),
    }),
  ),
  ...[[], [0, 0], 'x', null, [1, '2'], [[1, 2]], { a: 1 }, [1, 1e100], Array(4097).fill(1)].map(
    (vector): Call => ({
      name: `nearest to ${JSON.stringify(vector).slice(0, 20)}: the error names the argument`,
      path: '/rpc/nearest',
      method: 'POST',
      body: { vector, model: 'm' },
      status: 400,
      check: refuses('PT400', 'vector cannot be '),
    }),
  ),
  ...[
    [{ vector: [3, 4], model: 'm', vectors: [] }, 'vectors is not an argument'],
    [[], 'the body is not a JSON object'],
    [null, 'the body is not a JSON object'],
    [{ vector: Array(9000).fill(0.123456789012345), model: 'm' }, 'vector cannot be '],
  ].map(
    ([body, message]): Call => ({
      name: `nearest with the body ${JSON.stringify(body).slice(0, 40)}: the error says what is wrong`,
      path: '/rpc/nearest',
      method: 'POST',
      body,
      status: 400,
      check: refuses('PT400', message as string),
    }),
  ),
  {
    name: 'groups of posts that say nearly the same',
    path: '/rpc/duplicates?select=similar_to,similarity,status_id',
    status: 200,
    answers: { 'compared-since': /^$/ },
    check: is([
      { similar_to: id(1), similarity: 1, status_id: id(1) },
      { similar_to: id(1), similarity: 0.96, status_id: id(2) },
      { similar_to: id(1), similarity: 1, status_id: LAST },
    ]),
  },
  { name: 'exact duplicates', path: '/rpc/duplicates?threshold=1', status: 200, check: ids([id(1), LAST]) },
  {
    name: 'duplicates among some posts',
    path: '/rpc/duplicates?since=2026-02-01&until=2026-02-02&significant=',
    status: 200,
    check: ids([id(1), id(2)]),
  },
  { name: 'duplicates without a report', path: '/rpc/duplicates?reported=no', status: 200, check: ids([id(2), LAST]) },
  { name: 'no duplicates', path: '/rpc/duplicates?tier=influencer', status: 200, check: is([]) },
  ...['0.49', '1.01', '-1', 'x', '1e-1'].map(
    (threshold): Call => ({
      name: `threshold=${threshold}: the error names the argument`,
      path: `/rpc/duplicates?threshold=${threshold}`,
      status: 400,
      check: refuses('PT400', `threshold cannot be '${threshold}'`),
    }),
  ),
  {
    name: 'duplicates with an invalid filter',
    path: '/rpc/duplicates?since=yesterday',
    status: 400,
    check: refuses('PT400', "since cannot be 'yesterday'"),
  },
]
