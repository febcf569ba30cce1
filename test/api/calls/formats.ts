import assert from 'node:assert/strict'
import type { Call } from '../../../tooling/lib/api/contract.ts'
import { is } from './expected.ts'

/** CSV, Atom, a single object, no body. */
export const FORMATS: readonly Call[] = [
  {
    name: 'CSV of a view',
    path: '/watch_accounts?select=handle,tier,note&order=handle',
    headers: { Accept: 'text/csv' },
    status: 200,
    answers: { 'content-type': /^text\/csv; charset=utf-8$/ },
    check: ({ text }) => assert.equal(text, 'handle,tier,note\nann,teammate,"of ours"\nben,influencer,'),
  },
  ...['application/atom+xml', 'application/json', 'text/html, */*;q=0.1'].map(
    (accept): Call => ({
      name: `Atom with Accept: ${accept}`,
      path: '/rpc/feed_atom?page_size=1',
      headers: { Accept: accept },
      status: 200,
      answers: { 'content-type': /^application\/atom\+xml; charset=utf-8$/, 'cache-control': /^public, max-age=/ },
      check: ({ text }) => assert.match(text, /^<\?xml .*<entry>.*<\/feed>\n$/s),
    }),
  ),
  {
    name: 'the digest as Atom',
    path: '/rpc/digest_atom?zone=Europe/Berlin&page_size=2',
    headers: { Accept: 'application/atom+xml' },
    status: 200,
    answers: { 'content-type': /^application\/atom\+xml; charset=utf-8$/, 'cache-control': /^public, max-age=/ },
    check: ({ text }) => {
      const titles = [...text.matchAll(/<title>(.*)<\/title>/g)].map(([, title]) => title)
      assert.deepEqual(titles, [
        'XMonitor, day by day',
        '2026-02-04: 1 post, 1 significant, 1 unreported',
        '2026-02-03: 2 posts, 0 significant, 0 unreported',
      ])
    },
  },
  {
    name: 'one object instead of a list',
    path: '/health',
    headers: { Accept: 'application/vnd.pgrst.object+json' },
    status: 200,
    check: is({ ok: true, service: 'xmonitor-api', version: 'v1' }),
  },
  {
    name: 'HEAD has no body',
    path: '/feed?limit=1',
    method: 'HEAD',
    status: 200,
    check: ({ text }) => assert.equal(text, ''),
  },
  {
    name: 'HEAD of a call has the status and headers of GET',
    path: '/v1/feed?limit=1&tier=teammate',
    method: 'HEAD',
    status: 200,
    answers: { 'cache-control': /max-age=15/ },
    check: ({ text }) => assert.equal(text, ''),
  },
  {
    name: 'HEAD of a call finds an error that GET finds',
    path: '/rpc/similar?status_id=1',
    method: 'HEAD',
    status: 404,
  },
]
