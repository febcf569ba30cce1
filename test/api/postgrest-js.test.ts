import assert from 'node:assert/strict'
import { PostgrestClient } from '@supabase/postgrest-js'
import { suite } from 'uvu'
import { type Api, startApi } from '../support/api.ts'

// What a client written with PostgREST's usual JavaScript library does.

type Context = { api: Api; reader: PostgrestClient; collector: PostgrestClient }

const test = suite<Context>('postgrest-js')

test.before(async (context) => {
  const api = await startApi()
  const { api: url, token } = api.target
  const collector = new PostgrestClient(url, { headers: { Authorization: `Bearer ${token}` } })
  Object.assign(context, { api, reader: new PostgrestClient(url), collector })
})

test.after(({ api }) => api?.stop())

test('calls the feed with its filters, page by page', async ({ api, reader }) => {
  const expected = await api.db.query<{ status_id: string }>(
    "select status_id from posts where watch_tier = 'teammate' order by discovered_at desc, status_id desc",
  )
  const ids: string[] = []
  for (let cursor: string | undefined; ids.length < expected.length; ) {
    const args = { tier: 'teammate', ...(cursor && { cursor }) }
    const { data, error } = await reader.rpc('feed', args, { get: true }).limit(1)
    assert.equal(error, null)
    assert.equal(data.length, 1)
    ids.push(data[0].status_id)
    cursor = data[0].cursor
  }
  assert.deepEqual(
    ids,
    expected.map((row) => row.status_id),
  )
})

test('filters a view, selects its columns and embeds another', async ({ api, reader }) => {
  const [row] = await api.db.query<{ status_id: string; channel: string }>(
    'select status_id, channel from reports limit 1',
  )
  const { data, error } = await reader
    .from('posts')
    .select('status_id, reports(channel)')
    .eq('status_id', row!.status_id)
    .single()
  assert.equal(error, null)
  assert.equal(data!.status_id, row!.status_id)
  assert.match(JSON.stringify(data), new RegExp(`"channel":"${row!.channel}"`))
})

test('gets an error with its code and message', async ({ reader }) => {
  const missing = await reader.rpc('post', { status_id: '1' }, { get: true })
  assert.deepEqual([missing.status, missing.error?.code], [404, 'PT404'])
  const bad = await reader.rpc('feed', { since: 'yesterday' }, { get: true })
  assert.equal(bad.status, 400)
  assert.match(bad.error!.message, /since/)
})

test('ingests with a token, and not without', async ({ reader, collector }) => {
  const items = [
    {
      status_id: '77',
      url: 'https://x.com/a/status/77',
      author_handle: 'a',
      discovered_at: '2026-03-01T00:00:00Z',
      last_seen_at: '2026-03-01T00:00:00Z',
    },
  ]
  const refused = await reader.rpc('ingest_posts', { items })
  assert.equal(refused.status, 401)
  const { data, error } = await collector.rpc('ingest_posts', { items })
  assert.equal(error, null)
  assert.equal(data.inserted, 1)
})

test.run()
