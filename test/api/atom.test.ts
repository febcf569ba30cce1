import assert from 'node:assert/strict'
import { suite } from 'uvu'
import { decodeEntities } from '../../web/src/entities.ts'
import { type Api, startApi } from '../support/api.ts'

// The feed as Atom (RFC 4287), with any posts and any Accept header. Postgres's own XML parser reads it.

type Entry = Record<'id' | 'title' | 'author' | 'href' | 'published' | 'updated' | 'content', string | null> & {
  category: string | null
}

const BODIES = [
  'a <b>&amp;</b> ]]> "quoted" \'too\' <![CDATA[x]]>',
  'tab\t, line\n, carriage\r\nreturn, \u0085 next line',
  'controls \u0001\u0008\u000b\u001f and \ufffe\uffff are left out',
  '𝒳 emoji 👩‍👩‍👧 and bidi \u202e text',
  '%s %I %1$s \\ format',
  '',
  null,
]

const atom = suite('atom', {} as { api: Api })

atom.before(async (context) => {
  context.api = await startApi()
  for (const [i, body] of BODIES.entries())
    await context.api.db.query(
      `insert into public.posts (status_id, url, author_handle, author_display, body_text, discovered_at, last_seen_at)
      values ($1, $2, 'hostile', $3, $4, timestamptz '2026-03-01' - $5 * interval '1 microsecond', now())`,
      [`<${i}> ü`, `https://x.com/?a=1&b="${i}"`, i % 2 ? '<&">' : '', body, i],
    )
})

atom.after(async ({ api }) => {
  await api?.stop()
})

const get = (api: Api, query: string, accept = '*/*') =>
  fetch(`${api.target.api}/rpc/feed_atom?${query}`, { headers: { accept } })

const NAMESPACE = "xmlnamespaces('http://www.w3.org/2005/Atom' as a)"

async function read(api: Api, query: string): Promise<{ feed: Record<string, string>; entries: Entry[] }> {
  const text = await (await get(api, query)).text()
  const [feed] = await api.db.query(
    `select * from xmltable(${NAMESPACE}, '/a:feed' passing (xmlparse(document $1))
    columns id text path 'a:id', title text path 'a:title', updated text path 'a:updated')`,
    [text],
  )
  const entries = await api.db.query<Entry>(
    `select * from xmltable(${NAMESPACE}, '/a:feed/a:entry' passing (xmlparse(document $1))
    columns id text path 'a:id', title text path 'a:title', author text path 'a:author/a:name',
      href text path 'a:link[@rel="alternate"]/@href', published text path 'a:published', updated text path 'a:updated',
      category text path 'a:category/@term', content text path 'a:content[@type="text"]')`,
    [text],
  )
  return { feed: feed!, entries }
}

atom('is well-formed and meets RFC 4287, even with hostile posts', async ({ api }) => {
  const { feed, entries } = await read(api, 'handle=hostile')
  assert.equal(entries.length, BODIES.length)
  assert.match(feed.id!, /^urn:xmonitor:feed:[0-9a-f]{64}$/)
  assert.equal(feed.title, 'XMonitor: handle hostile')
  assert.equal(feed.updated, entries[0]!.updated)
  assert.equal(new Set(entries.map(({ id }) => id)).size, BODIES.length)
  for (const [i, entry] of entries.entries()) {
    // An IRI, in letters that need no escaping.
    assert.match(entry.id!, /^urn:xmonitor:post:[A-Za-z0-9:._~-]+$/)
    assert.match(entry.title!, /^@hostile: /)
    assert.equal(entry.author, i % 2 ? '<&">' : 'hostile')
    assert.equal(entry.href, `https://x.com/?a=1&b="${i}"`)
    assert.match(entry.updated!, /^2026-0[23]-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/)
    assert.equal(entry.published, entry.updated)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: those that XML cannot hold
    const kept = decodeEntities(BODIES[i] ?? '').replace(/[\x01-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, '')
    assert.equal(entry.content ?? '', kept)
  }
})

atom('has the posts of the feed, in the same order; each filter has its own feed id', async ({ api }) => {
  const ids = new Set<string>()
  for (const query of ['', 'tier=teammate', 'tier=ecosystem,other', 'q=rain%20-grün', 'significant=true&handle=ann']) {
    const { feed, entries } = await read(api, query)
    const rows = await (await fetch(`${api.target.api}/rpc/feed?limit=50&${query}`)).json()
    assert.deepEqual(
      entries.map(({ href }) => href),
      rows.map(({ url }: { url: string }) => url),
      query,
    )
    assert.deepEqual(
      entries.map(({ category }) => category),
      rows.map((row: { watch_tier: string | null }) => row.watch_tier),
    )
    ids.add(feed.id!)
  }
  assert.equal(ids.size, 5)
})

atom('links only to http and https, and decodes entities in titles', async ({ api }) => {
  for (const [i, url] of ['javascript:alert(1)', 'data:text/html,x', 'HTTPS://x.com/1', '//example.org'].entries())
    await api.db.query(
      `insert into public.posts (status_id, url, author_handle, author_display, body_text, discovered_at, last_seen_at)
      values ($1, $2, 'links', 'R&amp;D', 'Q&amp;A &lt;3 &quot;', timestamptz '2026-03-01' - $3 * interval '1 hour', now())`,
      [`link-${i}`, url, i],
    )
  const { entries } = await read(api, 'handle=links')
  assert.deepEqual(
    entries.map(({ href }) => href),
    [null, null, 'HTTPS://x.com/1', null],
  )
  for (const entry of entries) {
    assert.equal(entry.title, '@links: Q&A <3 &quot;')
    assert.equal(entry.author, 'R&D')
  }
  await api.db.query(`delete from public.posts where author_handle = 'links'`)
})

atom('is Atom even when nothing matches, and respects page_size', async ({ api }) => {
  const { feed, entries } = await read(api, 'handle=nobody')
  assert.deepEqual([entries, feed.updated], [[], '1970-01-01T00:00:00.000000Z'])
  assert.equal((await read(api, 'page_size=2')).entries.length, 2)
})

atom('is returned whatever the Accept header says; errors are JSON', async ({ api }) => {
  const readers = ['*/*', 'application/atom+xml', 'application/rss+xml, text/xml;q=0.9, */*;q=0.1', 'application/json']
  for (const accept of readers) {
    const answer = await get(api, 'page_size=1', accept)
    assert.equal(answer.headers.get('content-type'), 'application/atom+xml; charset=utf-8', accept)
    assert.match(answer.headers.get('cache-control')!, /^public, max-age=/)
    assert.match(await answer.text(), /^<\?xml /)
    const mistake = await get(api, 'page_size=0', accept)
    assert.equal(mistake.status, 400)
    assert.equal(((await mistake.json()) as { details: string }).details, 'Argument: page_size')
  }
})

atom.run()
