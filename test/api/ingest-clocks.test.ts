import assert from 'node:assert/strict'
import { suite } from 'uvu'
import { type Api, startApi } from '../support/api.ts'
import { counts, ingest, POST, storedPost } from '../support/ingest.ts'

// The newer value wins, and each kind of write has its own clock: the post, its metrics, its refresh.

const test = suite('the clocks of ingest', {} as { api: Api })

test.before(async (context) => {
  context.api = await startApi()
})
test.before.each(async ({ api }) => {
  await api.db.query("delete from public.posts where status_id = '42'")
})
test.after(async ({ api }) => {
  await api?.stop()
})

const at = (time: string) => `2026-03-01T${time}:00Z`
const metrics = (time: string, likes: number, more = {}) => ({
  status_id: '42',
  snapshot_at: at(time),
  likes,
  reposts: 0,
  replies: 0,
  views: 5_000_000_000,
  ...more,
})

async function assertStored(api: Api, expected: Record<string, unknown>): Promise<void> {
  const stored = await storedPost(api)
  const texts = Object.entries(expected).map(([name, value]) => [name, value === null ? null : String(value)])
  assert.deepEqual(
    Object.fromEntries(Object.keys(expected).map((name) => [name, stored[name]])),
    Object.fromEntries(texts),
  )
}

async function snapshots(api: Api): Promise<[type: string, time: string, likes: string, source: string][]> {
  const rows = await api.db.query(
    `select snapshot_type, to_char(snapshot_at at time zone 'UTC', 'HH24:MI') as time, likes, source
    from public.post_metrics_snapshots where status_id = '42' order by snapshot_at, snapshot_type`,
  )
  return rows.map(({ snapshot_type, time, likes, source }) => [snapshot_type, time, likes, source])
}

test('an item seen before the stored post changes nothing, unless it says replace', async ({ api }) => {
  await ingest(api, 'ingest_posts', { items: [POST] })
  const older = { ...POST, likes: 0, body_text: 'older', last_seen_at: at('10:59') }
  assert.deepEqual(counts(await ingest(api, 'ingest_posts', { items: [older] })), [0, 0, 1, 0])
  await assertStored(api, { likes: 1, body_text: null })
  assert.deepEqual(counts(await ingest(api, 'ingest_posts', { items: [older], replace: true })), [0, 1, 0, 0])
  await assertStored(api, { likes: 0, body_text: 'older', last_seen_at: '2026-03-01T10:59:00+00:00' })
})

test('metrics are added, corrected, and move the metrics of the post forward, never back', async ({ api }) => {
  await ingest(api, 'ingest_posts', { items: [POST] })
  const items = [
    metrics('13:00', 30),
    metrics('12:00', 20),
    { ...metrics('12:00', 1), status_id: 'unknown' },
    { ...metrics('12:00', 1), likes: undefined },
    { ...metrics('12:00', 1), source: 'sqlite_migration' },
  ]
  const answer = await ingest(api, 'ingest_metrics', { items })
  assert.deepEqual(counts(answer), [2, 0, 0, 3])
  assert.deepEqual(answer.errors, [
    { index: 2, message: 'no post has this status_id' },
    { index: 3, message: 'likes is missing' },
    { index: 4, message: 'source is reserved for the import' },
  ])
  await assertStored(api, { likes: 30, views: 5_000_000_000, metrics_at: '2026-03-01T13:00:00+00:00' })

  assert.deepEqual(counts(await ingest(api, 'ingest_metrics', { items: items.slice(0, 2) })), [0, 0, 2, 0])
  assert.deepEqual(counts(await ingest(api, 'ingest_metrics', { items: [metrics('12:00', 21)] })), [0, 1, 0, 0])
  await assertStored(api, { likes: 30 })
  const named = metrics('14:00', 40, { source: 'refresher' })
  assert.deepEqual(counts(await ingest(api, 'ingest_metrics', { items: [named] })), [1, 0, 0, 0])
  assert.deepEqual((await snapshots(api)).at(-1), ['latest_observed', '14:00', '40', 'refresher'])
})

test('metrics do not make the post itself newer: a post seen before them is stored, and both are kept', async ({
  api,
}) => {
  await ingest(api, 'ingest_posts', { items: [POST] })
  await ingest(api, 'ingest_metrics', { items: [metrics('12:05', 50)] })
  const seen = { ...POST, last_seen_at: at('12:02'), likes: 40, body_text: 'new text', is_significant: true }
  assert.deepEqual(counts(await ingest(api, 'ingest_posts', { items: [seen] })), [0, 1, 0, 0])
  await assertStored(api, {
    body_text: 'new text',
    is_significant: true,
    last_seen_at: '2026-03-01T12:02:00+00:00',
    likes: 50,
    views: 5_000_000_000,
    metrics_at: '2026-03-01T12:05:00+00:00',
  })
  assert.deepEqual((await snapshots(api)).slice(-2), [
    ['latest_observed', '12:02', '40', 'ingest'],
    ['latest_observed', '12:05', '50', 'ingest'],
  ])
  // Sending it again changes nothing.
  assert.deepEqual(counts(await ingest(api, 'ingest_posts', { items: [seen] })), [0, 0, 1, 0])
  // A post seen later than the metrics brings its own.
  const later = { ...seen, last_seen_at: at('12:10'), likes: 60 }
  assert.deepEqual(counts(await ingest(api, 'ingest_posts', { items: [later] })), [0, 1, 0, 0])
  await assertStored(api, { likes: 60, views: 5_000_000_000, metrics_at: null })
})

test('a post without metrics leaves the clock of its metrics alone', async ({ api }) => {
  await ingest(api, 'ingest_posts', { items: [POST] })
  const { likes, ...text } = { ...POST, last_seen_at: at('12:10'), body_text: 'only text' }
  await ingest(api, 'ingest_posts', { items: [text] })
  await assertStored(api, { likes, body_text: 'only text', metrics_at: '2026-03-01T11:00:00+00:00' })
  await ingest(api, 'ingest_metrics', { items: [metrics('12:07', 7)] })
  await assertStored(api, { likes: 7, metrics_at: '2026-03-01T12:07:00+00:00' })
  assert.deepEqual(
    (await snapshots(api)).map(([type, time]) => `${type} ${time}`),
    ['initial_capture 10:00', 'latest_observed 11:00', 'latest_observed 12:07'],
  )
})

test('a refresh later than the item stays; a newer one, or a correction of it, is stored', async ({ api }) => {
  await ingest(api, 'ingest_posts', { items: [POST] })
  await ingest(api, 'ingest_metrics', { items: [metrics('14:00', 14, { snapshot_type: 'refresh_24h' })] })
  await assertStored(api, { likes_24h: 14, refresh_24h_at: '2026-03-01T14:00:00+00:00', likes: 14 })

  const seen = { ...POST, last_seen_at: at('13:00'), refresh_24h_at: null, likes_24h: null, body_text: 'seen' }
  await ingest(api, 'ingest_posts', { items: [seen] })
  await assertStored(api, { likes_24h: 14, refresh_24h_at: '2026-03-01T14:00:00+00:00', body_text: 'seen' })

  const corrected = { ...seen, refresh_24h_at: at('14:00'), likes_24h: 15, refresh_24h_status: 'ok' }
  await ingest(api, 'ingest_posts', { items: [corrected] })
  await assertStored(api, { likes_24h: 15, refresh_24h_status: 'ok' })
  assert.ok((await snapshots(api)).some(([type, time, likes]) => `${type} ${time} ${likes}` === 'refresh_24h 14:00 15'))

  const emptied = { ...seen, last_seen_at: at('15:00') }
  await ingest(api, 'ingest_posts', { items: [emptied] })
  await assertStored(api, { likes_24h: null, refresh_24h_at: null })
})

test('its metrics are stored as the snapshots that the move would derive', async ({ api }) => {
  const seen = {
    ...POST,
    last_seen_at: at('20:00'),
    likes: 5,
    initial_likes: 0,
    likes_24h: 3,
    refresh_24h_at: at('21:00'),
  }
  await ingest(api, 'ingest_posts', { items: [POST] })
  await ingest(api, 'ingest_posts', { items: [seen] })
  assert.deepEqual(await snapshots(api), [
    ['initial_capture', '10:00', '0', 'ingest'],
    ['latest_observed', '11:00', '1', 'ingest'],
    ['latest_observed', '20:00', '5', 'ingest'],
    ['refresh_24h', '21:00', '3', 'ingest'],
  ])
})

test('metrics corrected at the same last_seen_at correct the snapshot', async ({ api }) => {
  await ingest(api, 'ingest_posts', { items: [POST] })
  assert.deepEqual(counts(await ingest(api, 'ingest_posts', { items: [{ ...POST, likes: 9 }] })), [0, 1, 0, 0])
  assert.deepEqual(await snapshots(api), [
    ['initial_capture', '10:00', '9', 'ingest'],
    ['latest_observed', '11:00', '9', 'ingest'],
  ])
})

test('derived metrics are corrected in place, and removed if their timestamp was corrected', async ({ api }) => {
  await ingest(api, 'ingest_posts', { items: [{ ...POST, refresh_24h_at: at('12:00'), likes_24h: 2 }] })
  await api.db.query(`update public.post_metrics_snapshots set source = 'sqlite_migration' where status_id = '42'`)
  await ingest(api, 'ingest_posts', {
    items: [{ ...POST, likes: 3, discovered_at: at('09:00'), refresh_24h_at: at('13:00'), likes_24h: 2 }],
  })
  assert.deepEqual(await snapshots(api), [
    ['initial_capture', '09:00', '3', 'ingest'],
    ['latest_observed', '11:00', '3', 'sqlite_migration'],
    ['refresh_24h', '13:00', '2', 'ingest'],
  ])
})

test('an initial capture sent as metrics is not derived again from later ones', async ({ api }) => {
  await ingest(api, 'ingest_posts', { items: [POST] })
  const capture = { ...metrics('10:00', 0), snapshot_at: POST.discovered_at, snapshot_type: 'initial_capture' }
  await ingest(api, 'ingest_metrics', { items: [capture] })
  await ingest(api, 'ingest_posts', { items: [{ ...POST, likes: 8, last_seen_at: at('12:00') }] })
  await assertStored(api, { initial_likes: 0, likes: 8 })
  assert.deepEqual((await snapshots(api))[0], ['initial_capture', '10:00', '0', 'ingest'])
})

test.run()
