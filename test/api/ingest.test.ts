import assert from 'node:assert/strict'
import { suite } from 'uvu'
import { type Api, ENGINES, startApi } from '../support/api.ts'

type Result = {
  received: number
  inserted: number
  updated: number
  skipped: number
  errors: { index: number; message: string }[]
}

const POST = {
  status_id: '42',
  url: 'https://x.com/eve/status/42',
  author_handle: 'eve',
  discovered_at: '2026-03-01T10:00:00.123456Z',
  last_seen_at: '2026-03-01T11:00:00Z',
  likes: 1,
}

for (const engine of ENGINES) {
  const ingest = suite(`ingest, ${engine}`, {} as { api: Api })

  ingest.before(async (context) => {
    context.api = await startApi(engine)
  })

  ingest.before.each(async ({ api }) => {
    await api.db.query(
      "delete from public.posts where status_id not like '189%' and status_id <> '9223372036854775807'",
    )
  })

  ingest.after(async ({ api }) => {
    await api?.stop()
  })

  const send = async (api: Api, name: string, body: unknown): Promise<Result> => {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const response = await raw(api, name, text)
    const answer = await response.json()
    assert.equal(response.status, 200, JSON.stringify(answer))
    const { received, inserted, updated, skipped, errors } = answer as Result
    assert.equal(received, inserted + updated + skipped + errors.length)
    assert.deepEqual(Object.keys(answer as Result), ['received', 'inserted', 'updated', 'skipped', 'errors'])
    return answer as Result
  }
  const counts = ({ inserted, updated, skipped, errors }: Result) => [inserted, updated, skipped, errors.length]
  const stored = async (api: Api, id = POST.status_id) =>
    (
      await api.db.query(
        "select posts.*, to_char(discovered_at at time zone 'UTC', 'HH24:MI:SS.US') as at from public.posts where status_id = $1",
        [id],
      )
    )[0]!

  ingest(
    'a post is inserted, then skipped, then updated where a field differs; what was not sent stays',
    async ({ api }) => {
      const items = [{ ...POST, body_text: 'first', watch_tier: 'teammate' }]
      assert.deepEqual(counts(await send(api, 'ingest_posts', { items })), [1, 0, 0, 0])
      const before = await stored(api)
      assert.deepEqual(
        [before.at, before.body_text, before.likes, before.views, before.is_significant, before.significance_version],
        ['10:00:00.123456', 'first', '1', '0', false, 'v1'],
      )

      assert.deepEqual(counts(await send(api, 'ingest_posts', { items })), [0, 0, 1, 0])
      assert.deepEqual(await stored(api), before)

      assert.deepEqual(counts(await send(api, 'ingest_posts', { items: [{ ...POST, likes: 7 }] })), [0, 1, 0, 0])
      const after = await stored(api)
      assert.deepEqual([after.likes, after.body_text, after.watch_tier], ['7', 'first', 'teammate'])
      assert.ok(after.updated_at > before.updated_at)

      assert.deepEqual(
        counts(await send(api, 'ingest_posts', { items: [{ ...POST, watch_tier: null }] })),
        [0, 1, 0, 0],
      )
      assert.equal((await stored(api)).watch_tier, null)
    },
  )

  ingest('what was seen earlier than the last time changes nothing', async ({ api }) => {
    await send(api, 'ingest_posts', { items: [POST] })
    const stale = { ...POST, likes: 0, last_seen_at: '2026-03-01T10:59:59Z' }
    assert.deepEqual(counts(await send(api, 'ingest_posts', { items: [stale] })), [0, 0, 1, 0])
    assert.equal((await stored(api)).likes, '1')
  })

  ingest('its metrics are kept as the snapshots that the move would derive', async ({ api }) => {
    const seen = {
      ...POST,
      last_seen_at: '2026-03-02T00:00:00Z',
      likes: 5,
      initial_likes: 0,
      likes_24h: 3,
      refresh_24h_at: '2026-03-02T10:00:00Z',
    }
    await send(api, 'ingest_posts', { items: [POST] })
    await send(api, 'ingest_posts', { items: [seen] })
    const snapshots = await api.db.query(
      "select snapshot_type, likes, source from public.post_metrics_snapshots where status_id = '42' order by snapshot_at",
    )
    assert.deepEqual(
      snapshots.map(({ snapshot_type, likes, source }) => [snapshot_type, likes, source]),
      [
        ['initial_capture', '1', 'ingest'],
        ['latest_observed', '1', 'ingest'],
        ['latest_observed', '5', 'ingest'],
        ['refresh_24h', '3', 'ingest'],
      ],
    )
  })

  ingest(
    'one bad item never sinks the others, and each is named by its index with all that is wrong',
    async ({ api }) => {
      const items = `[
      ${JSON.stringify(POST)},
      {"status_id": "b", "url": "u", "author_handle": "x", "discovered_at": "2026-02-30", "last_seen_at": "yesterday"},
      {"status_id": "c"}, 5, null, [],
      {"status_id": "f", "url": "u", "author_handle": "x", "discovered_at": "2026-03-01", "last_seen_at": "2026-03-01",
        "likes": 1.5, "views": "9223372036854775808", "watch_tier": "boss", "is_significant": "maybe", "colour": 1},
      {"status_id": "g", "url": "u", "author_handle": " @ ", "discovered_at": "2026-03-01", "last_seen_at": "2026-03-01", "body_text": {}},
      {"status_id": "h", "url": "first", "author_handle": "x", "discovered_at": "2026-03-01", "last_seen_at": "2026-03-01"},
      {"status_id": "h", "url": "second", "author_handle": "x", "discovered_at": "2026-03-01", "last_seen_at": "2026-03-01"}
    ]`
      const result = await send(api, 'ingest_posts', `{"items": ${items}}`)
      assert.deepEqual([result.received, result.inserted], [10, 2])
      const said = new Map(result.errors.map(({ index, message }) => [index, message]))
      assert.deepEqual([...said.keys()], [1, 2, 3, 4, 5, 6, 7, 8])
      assert.equal(
        said.get(1),
        "discovered_at '2026-02-30' is no ISO 8601 timestamp; last_seen_at 'yesterday' is no ISO 8601 timestamp",
      )
      assert.equal(
        said.get(2),
        'author_handle is missing; discovered_at is missing; last_seen_at is missing; url is missing',
      )
      for (const index of [3, 4, 5]) assert.match(said.get(index)!, /^is no object, or holds text/)
      assert.equal(
        said.get(6),
        "is_significant 'maybe' is neither true nor false; likes '1.5' is no integer; views '9223372036854775808' is beyond 64 bits; watch_tier 'boss' is none of teammate, influencer, ecosystem; has the unknown field colour",
      )
      assert.equal(said.get(7), 'author_handle is empty, but required; body_text is an object')
      assert.equal(said.get(8), 'superseded by item 9')
      assert.equal((await stored(api, 'h')).url, 'second')
    },
  )

  ingest('text that PostgREST cannot pass on sinks the whole batch, and says so', async ({ api }) => {
    for (const [text, code] of [
      ['\\ud800', 'PGRST102'],
      ['\\u0000', '22P05'],
    ]) {
      const answer = await raw(api, 'ingest_posts', `{"items": [{"status_id": "${text}"}]}`)
      assert.deepEqual([answer.status, ((await answer.json()) as { code: string }).code], [400, code])
    }
  })

  ingest('values follow the rules of the move', async ({ api }) => {
    const item = `{"status_id": 9007199254740993, "url": "", "author_handle": "  @EvE ", "discovered_at": "2026-03-01 12:00:00+02:00",
      "last_seen_at": "2026-03-02", "likes": 9007199254740993, "reposts": "7", "replies": "", "views": null, "initial_likes": "",
      "is_significant": "YES", "body_text": "a\\u00e9\\n", "refresh_24h_delta_likes": -3}`
    assert.deepEqual(counts(await send(api, 'ingest_posts', `{"items": [${item}]}`)), [1, 0, 0, 0])
    const post = await stored(api, '9007199254740993')
    assert.deepEqual(
      [
        post.url,
        post.author_handle,
        post.at,
        post.likes,
        post.reposts,
        post.replies,
        post.views,
        post.initial_likes,
        post.is_significant,
        post.body_text,
        post.refresh_24h_delta_likes,
      ],
      ['', 'eve', '10:00:00.000000', '9007199254740993', '7', '0', '0', null, true, 'aé\n', '-3'],
    )
  })

  ingest('metrics are appended, corrected, and move the post forward, never back', async ({ api }) => {
    await send(api, 'ingest_posts', { items: [POST] })
    const at = (snapshot_at: string, likes: number, more = {}) => ({
      status_id: '42',
      snapshot_at,
      likes,
      reposts: 0,
      replies: 0,
      views: 5_000_000_000,
      ...more,
    })
    const items = [
      at('2026-03-03', 30),
      at('2026-03-02', 20),
      { ...at('2026-03-02', 1), status_id: 'unknown' },
      { ...at('2026-03-02', 1), likes: undefined },
    ]
    const result = await send(api, 'ingest_metrics', { items })
    assert.deepEqual(counts(result), [2, 0, 0, 2])
    assert.deepEqual(result.errors, [
      { index: 2, message: 'status_id is of no post' },
      { index: 3, message: 'likes is missing' },
    ])
    const post = await stored(api)
    assert.deepEqual(
      [post.likes, post.views, post.last_seen_at.toISOString()],
      ['30', '5000000000', '2026-03-03T00:00:00.000Z'],
    )

    assert.deepEqual(counts(await send(api, 'ingest_metrics', { items: items.slice(0, 2) })), [0, 0, 2, 0])
    assert.deepEqual(counts(await send(api, 'ingest_metrics', { items: [at('2026-03-02', 21)] })), [0, 1, 0, 0])
    assert.equal((await stored(api)).likes, '30')
    const refresh = at('2026-03-02T10:00:00Z', 25, { snapshot_type: 'refresh_24h' })
    assert.deepEqual(counts(await send(api, 'ingest_metrics', { items: [refresh] })), [1, 0, 0, 0])
    const refreshed = await stored(api)
    assert.deepEqual(
      [refreshed.likes, refreshed.likes_24h, refreshed.refresh_24h_at.toISOString()],
      ['30', '25', '2026-03-02T10:00:00.000Z'],
    )
  })

  ingest('reports, accounts and runs: inserted, skipped, updated, refused', async ({ api }) => {
    await send(api, 'ingest_posts', { items: [POST] })
    const report = { status_id: '42', reported_at: '2026-03-01T12:00:00Z', channel: 'mail' }
    const orphan = await send(api, 'ingest_reports', { items: [report, { ...report, status_id: 'unknown' }] })
    assert.deepEqual(counts(orphan), [1, 0, 0, 1])
    assert.deepEqual(
      counts(await send(api, 'ingest_reports', { items: [{ ...report, channel: undefined }] })),
      [0, 0, 1, 0],
    )
    assert.deepEqual(counts(await send(api, 'ingest_reports', { items: [{ ...report, summary: 's' }] })), [0, 1, 0, 0])

    const account = { handle: '@Eve', tier: 'ecosystem' }
    assert.deepEqual(
      counts(await send(api, 'ingest_watch_accounts', { items: [account, { handle: 'x' }] })),
      [1, 0, 0, 1],
    )
    assert.deepEqual(counts(await send(api, 'ingest_watch_accounts', { items: [account] })), [0, 0, 1, 0])
    assert.deepEqual(
      counts(await send(api, 'ingest_watch_accounts', { items: [{ ...account, tier: 'teammate' }] })),
      [0, 1, 0, 0],
    )

    const run = { run_at: '2026-03-01T12:00:00Z', mode: 'refresh-24h', fetched_count: 9 }
    assert.deepEqual(counts(await send(api, 'ingest_run', run)), [1, 0, 0, 0])
    assert.deepEqual(counts(await send(api, 'ingest_run', { ...run, mode: 'refresh24h' })), [0, 0, 1, 0])
    assert.deepEqual(
      counts(await send(api, 'ingest_run', { ...run, note: 'n', fetched_count: undefined })),
      [0, 1, 0, 0],
    )
    const wrong = await send(api, 'ingest_run', { mode: 'sometimes', fetched_count: 'x' })
    assert.deepEqual(wrong.errors, [
      {
        index: 0,
        message:
          "fetched_count 'x' is no integer; mode 'sometimes' is none of priority, discovery, both, refresh24h, manual; run_at is missing",
      },
    ])
    const [row] = await api.db.query("select * from public.pipeline_runs where mode = 'refresh24h'")
    assert.deepEqual([row!.fetched_count, row!.note, row!.source], ['9', 'n', 'local-dispatcher'])
  })

  ingest('a batch that is none, or is too large, is refused by name', async ({ api }) => {
    for (const items of [{}, 'text', null, Array(1_001).fill(POST)]) {
      const response = await raw(api, 'ingest_posts', JSON.stringify({ items }))
      const body = (await response.json()) as { code: string; message: string }
      assert.equal(response.status, 400, JSON.stringify(body))
      assert.deepEqual([body.code, body.message.startsWith("items cannot be '")], ['PT400', true])
    }
    assert.equal((await raw(api, 'ingest_posts', '{"items": [')).status, 400)
  })

  ingest('a thousand posts answer fast; two collectors at once neither deadlock nor duplicate', async ({ api }) => {
    const items = Array.from({ length: 1_000 }, (_, i) => ({
      ...POST,
      status_id: `p${i}`,
      body_text: `text ${i}`,
      likes: i,
    }))
    const start = performance.now()
    assert.deepEqual(counts(await send(api, 'ingest_posts', { items })), [1_000, 0, 0, 0])
    assert.ok(performance.now() - start < 5_000)

    // The same posts and some new ones, forwards, backwards and shuffled, as posts and as metrics.
    const more = items.map((item, i) => ({
      ...item,
      status_id: i < 700 ? item.status_id : `q${i}`,
      likes: item.likes + 1,
    }))
    const metrics = items.map(({ status_id, likes }) => ({
      status_id,
      snapshot_at: '2026-03-05',
      likes,
      reposts: 0,
      replies: 0,
      views: 0,
    }))
    const results = await Promise.all([
      send(api, 'ingest_posts', { items: more }),
      send(api, 'ingest_posts', { items: more.toReversed() }),
      send(api, 'ingest_metrics', { items: metrics.toReversed() }),
      send(api, 'ingest_posts', {
        items: more.toSorted((a, b) => (a.status_id.at(-1)! < b.status_id.at(-1)! ? -1 : 1)),
      }),
      send(api, 'ingest_metrics', { items: metrics }),
    ])
    assert.ok(results.every(({ errors }) => errors.length === 0))
    assert.equal(
      results.reduce((sum, { inserted }, i) => sum + (i === 2 || i === 4 ? 0 : inserted), 0),
      300,
    )
    assert.equal(results[2]!.inserted + results[4]!.inserted, 1_000)
  })

  ingest.run()
}

function raw(api: Api, name: string, body: string): Promise<Response> {
  return fetch(`${api.target.api}/rpc/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', Authorization: `Bearer ${api.target.token}` },
    body,
  })
}
