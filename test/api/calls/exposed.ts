import assert from 'node:assert/strict'
import { type Call, refuses } from '../../../tooling/lib/api/contract.ts'
import { READS, VIEWS } from '../privilege-lists.ts'

/** What the API has, and how it refuses what it does not have. */
export const EXPOSED: readonly Call[] = [
  {
    name: 'the root describes what web_anon may do, and nothing else',
    path: '/',
    status: 200,
    answers: { 'content-type': /^application\/openapi\+json/ },
    check({ body }) {
      assert.deepEqual(
        Object.keys(body.paths)
          .filter((path) => path !== '/')
          .sort(),
        [...VIEWS.map((name) => `/${name}`), ...READS.map((name) => `/rpc/${name}`)].sort(),
      )
    },
  },
  {
    name: 'GET writes nothing, even with a token',
    path: '/rpc/ingest_posts',
    token: true,
    status: 404,
    check: ({ body }) => assert.equal(body.code, 'PGRST202'),
  },
  {
    name: 'an unknown view',
    path: '/embeddings',
    status: 404,
    check: ({ body }) => assert.equal(body.code, 'PGRST205'),
  },
  {
    name: 'an unknown argument',
    path: '/rpc/feed?nonsense=1',
    status: 400,
    check: refuses('22023', "Unknown parameter 'nonsense'."),
  },
  {
    name: 'an argument of another call',
    path: '/rpc/feed?threshold=1',
    status: 400,
    check: refuses('22023', "Unknown parameter 'threshold'."),
  },
  {
    name: 'an unknown column',
    path: '/posts?select=secret',
    status: 400,
    check: ({ body }) => assert.equal(body.code, '42703'),
  },
]
