import assert from 'node:assert/strict'
import { suite } from 'uvu'
import { type Api, startApi } from '../support/api.ts'

// The search finds what a reader sees: entities decoded, display names included.

const search = suite('the search', {} as { api: Api })

search.before(async (context) => {
  context.api = await startApi()
  const posts = [
    ['stored-escaped', 'ann', null, 'A Q&amp;A about fog'],
    ['stored-plain', 'ann', null, 'A Q&A about fog'],
    ['markup', 'ann', null, 'Write &lt;b&gt; for bold'],
    ['twice', 'ann', null, 'Write &amp;lt; for a lesser sign'],
    ['named', 'bob', 'The R&amp;D Lighthouse', 'No fog'],
    ['unnamed', 'bob', null, 'No name'],
    ['quoted', 'eve', null, 'They call it “AI”'],
    ['tagged', 'eve', null, 'A model of #AI, said the Aide'],
    ['inside', 'eve', null, 'The mountain, again: naïve'],
    ['japanese', 'eve', null, '東京のAI技術'],
    ['emoji', 'eve', null, 'Launch🚀today'],
    ['signs', 'eve', null, 'C++ and r&amp;d (C) 2024'],
  ]
  for (const [id, handle, name, body] of posts)
    await context.api.db.query(
      `insert into public.posts (status_id, url, author_handle, author_display, body_text, discovered_at, last_seen_at)
      values ($1, 'https://x.com/a/status/1', $2, $3, $4, now(), now())`,
      [`search-${id}`, handle, name, body],
    )
})

search.after(({ api }) => api?.stop())

async function found(api: Api, q: string): Promise<string[]> {
  const response = await fetch(`${api.target.api}/rpc/feed?select=status_id&q=${encodeURIComponent(q)}`)
  assert.equal(response.status, 200)
  const rows = (await response.json()) as { status_id: string }[]
  return rows
    .map(({ status_id }) => status_id)
    .filter((id) => id.startsWith('search-'))
    .map((id) => id.slice('search-'.length))
    .sort()
}

search('finds both spellings of an entity by either one', async ({ api }) => {
  for (const q of ['Q&A', 'Q&amp;A', '"q&a about"'])
    assert.deepEqual(await found(api, q), ['stored-escaped', 'stored-plain'], q)
  for (const q of ['<b>', '&lt;b&gt;']) assert.deepEqual(await found(api, q), ['markup'], q)
  assert.deepEqual(await found(api, 'fog -Q&A'), ['named'])
  assert.deepEqual(await found(api, 'amp;'), [])
})

search('decodes once, as the page does', async ({ api }) => {
  assert.deepEqual(await found(api, 'Write &amp;lt;'), ['twice'])
})

search('finds display names', async ({ api }) => {
  assert.deepEqual(await found(api, 'lighthouse'), ['named'])
  assert.deepEqual(await found(api, '"R&D Light" fog'), ['named'])
  assert.deepEqual(await found(api, 'bob -lighthouse'), ['unnamed'])
})

search('finds handles, also with the @ that the page shows before them', async ({ api }) => {
  for (const q of ['bob', '@bob', '@BOB']) assert.deepEqual(await found(api, q), ['named', 'unnamed'], q)
  assert.deepEqual(await found(api, '@bob -@bo'), [])
  assert.deepEqual(await found(api, '@ob'), [])
})

search('finds a term without three letters or digits in a row where a word begins', async ({ api }) => {
  for (const [q, expected] of [
    ['ai', ['japanese', 'quoted', 'tagged']],
    ['m', ['inside', 'tagged']],
    ['ain', ['inside']],
    ['ïv', []],
    ['naï', ['inside']],
    ['ai -#ai', ['japanese', 'quoted']],
    ['eve -ai', ['emoji', 'inside', 'signs']],
    ['c+', ['signs']],
    ['++', ['signs']],
    ['r&d', ['named', 'signs']],
    ['20', ['signs']],
    ['24', []],
  ] as [string, string[]][])
    assert.deepEqual(await found(api, q), expected, q)
})

search('finds each character of a script without blanks, and each symbol, wherever it is', async ({ api }) => {
  for (const q of ['東京', '京', '技術', '東京のAI', 'のai技', '"京のA"'])
    assert.deepEqual(await found(api, q), ['japanese'], q)
  assert.deepEqual(await found(api, '京東'), [])
  assert.deepEqual(await found(api, '🚀'), ['emoji'])
  assert.deepEqual(await found(api, 'launch🚀to'), ['emoji'])
  assert.deepEqual(await found(api, 'it “ai'), ['quoted'])
})

search('uses the trigram index, for short terms too', async ({ api }) => {
  await api.db.query('set enable_seqscan = off')
  await api.db.query('set enable_indexscan = off')
  for (const q of ['lighthouse', 'ai', 'c++', '#ai', '-fog lighthouse ai']) {
    const plan = await api.db.query(`explain select status_id from api.feed(q => '${q}')`)
    assert.match(plan.map((row) => row['QUERY PLAN']).join('\n'), /Bitmap Index Scan on posts_text/, q)
  }
  await api.db.query('reset all')
})

search.run()
