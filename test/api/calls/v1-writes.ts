import assert from 'node:assert/strict'
import { type Call, refuses } from '../../../tooling/lib/api/contract.ts'
import { is } from './expected.ts'

/** Writes of the v1 contract, through the edge; the later ones see what the earlier ones wrote. */
export const V1_WRITES: readonly Call[] = [
  ...['/v1/ingest/posts/batch', '/v1/ingest/embeddings/batch', '/v1/ingest/reports/batch'].map(
    (path): Call => ({
      name: `an API key is the token of ${path}`,
      path,
      method: 'POST',
      body: { items: [] },
      apiKey: true,
      status: 200,
      check: ({ body }) => assert.equal(body.received, 0),
    }),
  ),
  {
    name: 'an invalid API key is an invalid token',
    path: '/v1/ingest/posts/batch',
    method: 'POST',
    body: { items: [] },
    headers: { 'X-API-Key': 'foreign' },
    status: 401,
    check: ({ body }) => assert.equal(body.code, 'PGRST301'),
  },
  ...[{}, { status_id: '1' }, [], 'null'].map(
    (body): Call => ({
      name: `a v1 batch that is ${typeof body === 'string' ? body : JSON.stringify(body)}: the error says what is expected`,
      path: '/v1/ingest/posts/batch',
      method: 'POST',
      body,
      token: true,
      status: 400,
      check: refuses('PT400', 'the body has no items'),
    }),
  ),
  {
    name: 'a v1 batch with an empty body',
    path: '/v1/ingest/posts/batch',
    method: 'POST',
    body: '',
    token: true,
    status: 400,
    check: refuses('PT400', 'the body is empty'),
  },
  {
    name: 'a v1 batch with fields beside items counts them',
    path: '/v1/ingest/reports/batch',
    method: 'POST',
    body: { items: [], collector: 'x' },
    token: true,
    status: 200,
    check: ({ body }) => assert.deepEqual(body.ignored, { collector: 1 }),
  },
  {
    name: 'a v1 deletion of an author whose posts nobody has',
    path: '/v1/ingest/deletions/batch',
    method: 'POST',
    body: { items: [{ handle: '@Gone', reason: 'asked for' }, {}, { handle: 'gone', status_id: '1' }] },
    token: true,
    status: 200,
    check: ({ body }) => {
      assert.deepEqual([body.inserted, body.removed, body.skipped, body.deleted], [1, 0, 0, 0])
      assert.deepEqual(body.errors, [
        { index: 1, message: 'needs either handle or status_id' },
        { index: 2, message: 'needs either handle or status_id' },
      ])
    },
  },
  {
    name: 'the v1 tombstones',
    path: '/v1/ingest/tombstones',
    token: true,
    status: 200,
    check: is({ status_ids: [], handles: ['gone'] }),
  },
  {
    name: 'a post of a deleted author is counted, not stored',
    path: '/v1/ingest/posts/batch',
    method: 'POST',
    body: {
      items: [
        { status_id: '5', url: 'u', author_handle: '@GONE', discovered_at: '2026-03-01', last_seen_at: '2026-03-01' },
      ],
    },
    token: true,
    status: 200,
    check: ({ body }) => assert.deepEqual([body.inserted, body.deleted], [0, 1]),
  },
  {
    name: 'a v1 run without run_at is rejected',
    path: '/v1/ingest/runs',
    method: 'POST',
    body: { mode: 'sometimes' },
    token: true,
    status: 400,
    check: refuses('PT400', "mode 'sometimes' is not one of"),
  },
]
