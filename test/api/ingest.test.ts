import assert from 'node:assert/strict'
import { suite } from 'uvu'
import { TIERS } from '../../tooling/lib/tiers.ts'
import { type Api, ENGINES, startApi } from '../support/api.ts'
import { wrongCounts } from '../support/counts.ts'
import { counts, ingest, POST, post, storedPost } from '../support/ingest.ts'

for (const engine of ENGINES) {
  const test = suite(`ingest, ${engine}`, {} as { api: Api })

  test.before(async (context) => {
    context.api = await startApi(engine)
  })

  test.before.each(async ({ api }) => {
    await api.db.query(
      "delete from public.posts where status_id not like '189%' and status_id <> '9223372036854775807'",
    )
  })

  test.after(async ({ api }) => {
    await api?.stop()
  })

  test('a post is inserted, then skipped, then updated where a field differs; fields that are not sent stay', async ({
    api,
  }) => {
    const items = [{ ...POST, body_text: 'first', watch_tier: 'teammate' }]
    assert.deepEqual(counts(await ingest(api, 'ingest_posts', { items })), [1, 0, 0, 0])
    const before = await storedPost(api)
    assert.deepEqual(
      [
        before.discovered_at,
        before.body_text,
        before.likes,
        before.views,
        before.is_significant,
        before.significance_version,
      ],
      ['2026-03-01T10:00:00.123456+00:00', 'first', '1', '0', 'false', 'v1'],
    )

    assert.deepEqual(counts(await ingest(api, 'ingest_posts', { items })), [0, 0, 1, 0])
    assert.deepEqual(await storedPost(api), before)

    assert.deepEqual(counts(await ingest(api, 'ingest_posts', { items: [{ ...POST, likes: 7 }] })), [0, 1, 0, 0])
    const after = await storedPost(api)
    assert.deepEqual([after.likes, after.body_text, after.watch_tier], ['7', 'first', 'teammate'])
    assert.ok(after.updated_at! > before.updated_at!)

    const emptied = { ...POST, watch_tier: null, body_text: null }
    assert.deepEqual(counts(await ingest(api, 'ingest_posts', { items: [emptied] })), [0, 1, 0, 0])
    assert.deepEqual([(await storedPost(api)).watch_tier, (await storedPost(api)).body_text], [null, null])
  })

  test('one bad item never fails the others, and its error has its index and everything that is wrong', async ({
    api,
  }) => {
    const times = '"discovered_at": "2026-03-01", "last_seen_at": "2026-03-01"'
    const items = `[
      ${JSON.stringify(POST)},
      {"status_id": "b", "url": "u", "author_handle": "x", "discovered_at": "2026-02-30", "last_seen_at": "yesterday"},
      {"status_id": "c"}, 5, null, [],
      {"status_id": "d\\u0000", "url": "u\\\\u0000\\u0000", "author_handle": "x", ${times}, "note\\u0000": 1},
      {"status_id": "f", "url": "u", "author_handle": "x", ${times},
        "likes": 1.5, "views": "9223372036854775808", "watch_tier": "boss", "is_significant": "maybe"},
      {"status_id": "g", "url": null, "author_handle": " @ ", ${times}, "body_text": {}, "author_display": true}
    ]`
    const { received, inserted, errors } = await ingest(api, 'ingest_posts', `{"items": ${items}}`)
    assert.deepEqual([received, inserted], [9, 1])
    assert.deepEqual(errors, [
      {
        index: 1,
        message:
          "discovered_at '2026-02-30' is not a valid date; last_seen_at 'yesterday' is not an ISO 8601 timestamp",
      },
      {
        index: 2,
        message: 'author_handle is missing; discovered_at is missing; last_seen_at is missing; url is missing',
      },
      { index: 3, message: 'is not an object' },
      { index: 4, message: 'is not an object' },
      { index: 5, message: 'is not an object' },
      {
        index: 6,
        message:
          'status_id holds a NUL character or half of a surrogate pair, which cannot be stored; url holds a NUL character or half of a surrogate pair, which cannot be stored',
      },
      {
        index: 7,
        message: `is_significant 'maybe' is neither true nor false; likes the real number 1.5 is not an integer; views '9223372036854775808' is beyond 64 bits; watch_tier 'boss' is not one of ${TIERS.join(', ')}`,
      },
      {
        index: 8,
        message:
          'author_display true is not text; author_handle is empty, but required; body_text {} is not text; url is empty, but required',
      },
    ])
  })

  test('PostgREST rejects half of a surrogate pair anywhere in a body before the call', async ({ api }) => {
    const answer = await post(api, '/rpc/ingest_posts', '{"items": [{"status_id": "\\ud800"}]}')
    assert.equal(answer.status, 400)
    assert.equal(((await answer.json()) as { code: string }).code, 'PGRST102')
    // Below PostgREST, only its item fails.
    const items = JSON.stringify([POST, { ...POST, status_id: 'half' }]).replace('"half"', '"\\ud800 \\ud83d\\ude00"')
    const [row] = await api.db.query('select api.ingest_posts($1) as answer', [`{"items": ${items}}`])
    assert.deepEqual(counts(row!.answer), [1, 0, 0, 1])
  })

  test('of several items with one key the last valid one counts, and the others are counted as superseded', async ({
    api,
  }) => {
    const items = [
      { ...POST, url: 'first' },
      { ...POST, url: 'second', status_id: ' 42' },
      { ...POST, url: 'third' },
      { ...POST, url: 'wrong', likes: 'x' },
    ]
    const posts = await ingest(api, 'ingest_posts', { items })
    assert.deepEqual([posts.inserted, posts.superseded, posts.errors.length], [2, 1, 1])
    assert.equal((await storedPost(api)).url, 'third')

    // The type that is not sent is latest_observed.
    const metric = { status_id: '42', snapshot_at: '2026-03-01T12:00:00Z', likes: 1, reposts: 1, replies: 1, views: 1 }
    const metrics = await ingest(api, 'ingest_metrics', {
      items: [metric, { ...metric, snapshot_type: 'latest_observed', likes: 2, snapshot_at: '2026-03-01T13:00+01:00' }],
    })
    assert.deepEqual([metrics.inserted, metrics.superseded], [1, 1])
    const accounts = await ingest(api, 'ingest_watch_accounts', {
      items: [
        { handle: '@Eve', tier: 'teammate' },
        { handle: 'eve ', tier: 'investor' },
      ],
    })
    assert.deepEqual([accounts.inserted, accounts.superseded], [1, 1])
    const run = { run_at: '2026-03-07', mode: 'manual' }
    const runs = await ingest(api, 'ingest_run', { items: [run, { ...run, source: 'local-dispatcher', note: 'n' }] })
    assert.deepEqual([runs.inserted, runs.superseded], [1, 1])
  })

  test('unknown fields are ignored and counted: in an item, next to items, in a run', async ({ api }) => {
    const items = [
      { ...POST, followers_count: 5, lang: null },
      { ...POST, status_id: '43', followers_count: {} },
      { followers_count: 1 },
    ]
    const answer = await ingest(api, 'ingest_posts', { items, collector: 'v3', version: 1 })
    assert.deepEqual(counts(answer), [2, 0, 0, 1])
    assert.deepEqual(answer.ignored, { followers_count: 3, lang: 1, collector: 1, version: 1 })
    // A misspelt required field is missing.
    const misspelt = await ingest(api, 'ingest_posts', { items: [{ ...POST, url: undefined, ulr: 'u' }] })
    assert.deepEqual([misspelt.errors[0]!.message, misspelt.ignored], ['url is missing', { ulr: 1 }])

    const run = await ingest(api, 'ingest_run', {
      run_at: '2026-03-01T09:00:00Z',
      mode: 'both',
      duration: 4,
      host: 'x',
    })
    assert.deepEqual([run.inserted, run.ignored], [1, { duration: 1, host: 1 }])
    await api.db.query("delete from public.pipeline_runs where run_at = '2026-03-01T09:00:00Z'")
  })

  test('values follow the rules of the move', async ({ api }) => {
    const item = `{"status_id": 9007199254740993, "url": "", "author_handle": "  @EvE ", "discovered_at": "2026-03-01 12:00:00+02:00",
      "last_seen_at": "2026-03-02", "likes": 9007199254740993, "reposts": "7", "replies": "", "views": null, "initial_likes": "",
      "is_significant": "YES", "body_text": "a\\u00e9\\n", "watch_tier": " Investor", "refresh_24h_delta_likes": -3.0}`
    assert.deepEqual(counts(await ingest(api, 'ingest_posts', `{"items": [${item}]}`)), [1, 0, 0, 0])
    const stored = await storedPost(api, '9007199254740993')
    const expected = {
      url: '',
      author_handle: 'eve',
      discovered_at: '2026-03-01T10:00:00+00:00',
      likes: '9007199254740993',
      reposts: '7',
      replies: '0',
      views: '0',
      initial_likes: null,
      is_significant: 'true',
      body_text: 'aé\n',
      watch_tier: 'investor',
      refresh_24h_delta_likes: '-3',
    }
    for (const [name, value] of Object.entries(expected)) assert.equal(stored[name], value, name)
  })

  test('reports, accounts and runs: inserted, skipped, updated, rejected', async ({ api }) => {
    await ingest(api, 'ingest_posts', { items: [POST] })
    const report = { status_id: '42', reported_at: '2026-03-01T12:00:00Z', channel: 'mail' }
    const orphan = await ingest(api, 'ingest_reports', { items: [report, { ...report, status_id: 'unknown' }] })
    assert.deepEqual(counts(orphan), [1, 0, 0, 1])
    assert.deepEqual(orphan.errors, [{ index: 1, message: 'no post has this status_id' }])
    for (const [change, expected] of [
      [{ channel: undefined }, [0, 0, 1, 0]],
      [{ summary: 's' }, [0, 1, 0, 0]],
      [{ summary: null }, [0, 1, 0, 0]],
    ] as const)
      assert.deepEqual(counts(await ingest(api, 'ingest_reports', { items: [{ ...report, ...change }] })), expected)

    const account = { handle: '@Zoe', tier: 'ecosystem' }
    for (const [items, expected] of [
      [
        [account, { handle: 'x' }],
        [1, 0, 0, 1],
      ],
      [[account], [0, 0, 1, 0]],
      [[{ ...account, added_at: null }], [0, 0, 1, 0]],
      [[{ ...account, tier: 'TEAMMATE', note: 'n' }], [0, 1, 0, 0]],
      [[{ ...account, tier: 'teammate', note: null }], [0, 1, 0, 0]],
    ] as const)
      assert.deepEqual(counts(await ingest(api, 'ingest_watch_accounts', { items })), expected)

    const run = { run_at: '2026-03-01T12:00:00Z', mode: 'refresh-24h', fetched_count: 9 }
    for (const [change, expected] of [
      [{}, [1, 0, 0, 0]],
      [{ mode: 'REFRESH24H ' }, [0, 0, 1, 0]],
      [{ note: 'n', fetched_count: undefined }, [0, 1, 0, 0]],
      [{ note: null }, [0, 1, 0, 0]],
      [{ fetched_count: 8, source: null }, [0, 1, 0, 0]],
    ] as const)
      assert.deepEqual(counts(await ingest(api, 'ingest_run', { ...run, ...change })), expected)
    const [row] = await api.db.query("select * from public.pipeline_runs where mode = 'refresh24h'")
    assert.deepEqual([row!.fetched_count, row!.note, row!.source], ['8', null, 'local-dispatcher'])
    const runs = await ingest(api, 'ingest_run', {
      items: [
        { ...run, mode: 'manual' },
        { ...run, mode: 'x' },
      ],
    })
    assert.deepEqual(counts(runs), [1, 0, 0, 1])
  })

  test('a single invalid run is HTTP 400', async ({ api }) => {
    const answer = await post(api, '/v1/ingest/runs', { mode: 'sometimes', fetched_count: 'x' })
    assert.equal(answer.status, 400)
    assert.deepEqual(await answer.json(), {
      code: 'PT400',
      message:
        "fetched_count 'x' is not an integer; mode 'sometimes' is not one of priority, discovery, both, refresh24h, manual; run_at is missing",
      details: null,
      hint: 'Required: mode, run_at. docs/api.md describes the fields.',
    })
  })

  test('embeddings: inserted, skipped, replaced as a whole, rejected', async ({ api }) => {
    await ingest(api, 'ingest_posts', { items: [POST] })
    const one = {
      status_id: '42',
      backend: 'b',
      model: 'm',
      dims: 2,
      vector_json: '[0.5, -1e2]',
      text_hash: 'h',
      created_at: '2026-03-01T10:00:00Z',
    }
    for (const [change, expected] of [
      [{}, [1, 0, 0, 0]],
      [{ vector_json: [0.5, -100] }, [0, 0, 1, 0]],
      [{ vector_json: [1, 2, 3], dims: undefined, updated_at: '2026-03-02' }, [0, 1, 0, 0]],
      [{ vector_json: [9], dims: 1, updated_at: '2026-03-01T23:00:00Z' }, [0, 0, 1, 0]],
      [{ vector_json: [9], dims: 2, updated_at: '2026-03-03' }, [0, 0, 0, 1]],
      [{ status_id: 'unknown' }, [0, 0, 0, 1]],
    ] as const)
      assert.deepEqual(counts(await ingest(api, 'ingest_embeddings', { items: [{ ...one, ...change }] })), expected)
    const [row] = await api.db.query("select * from public.embeddings where status_id = '42'")
    assert.deepEqual([row!.vector_json, row!.dims], [[1, 2, 3], null])
    const older = { ...one, vector_json: [9], dims: 1 }
    assert.deepEqual(counts(await ingest(api, 'ingest_embeddings', { items: [older], replace: true })), [0, 1, 0, 0])
  })

  test('a body without a batch is rejected, and the error says what is expected', async ({ api }) => {
    for (const [body, message] of [
      [{}, 'the body has no items'],
      ['', 'the body is empty'],
      [POST, 'the body has no items'],
      [{ item: [POST] }, 'the body has no items'],
      [[], 'the body has no items'],
      [[POST], 'the body has no items'],
      ['5', 'the body has no items'],
      ['null', 'the body has no items'],
      [{ items: {} }, 'items cannot be {}'],
      [{ items: 'text' }, 'items cannot be "text"'],
      [{ items: null }, 'items cannot be null'],
      [{ items: Array(1_001).fill(POST) }, 'items has 1001 elements'],
      [{ items: [], replace: 'yes' }, 'replace cannot be "yes"'],
    ] as const) {
      const response = await post(api, '/rpc/ingest_posts', body)
      const answer = (await response.json()) as { code: string; message: string; hint: string }
      assert.deepEqual([response.status, answer.code, answer.message], [400, 'PT400', message])
      assert.match(answer.hint, /array of up to 1,000 objects|a batch is|true or false/)
    }
    for (const [body, code] of [
      ['{"items": [', 'PGRST102'],
      [[{ a: 1 }, { b: 1 }], 'PGRST102'],
    ] as const) {
      const response = await post(api, '/rpc/ingest_posts', body)
      assert.deepEqual([response.status, ((await response.json()) as { code: string }).code], [400, code])
    }
  })

  test('a thousand posts are stored fast; two collectors at once cause no deadlock and no duplicates', async ({
    api,
  }) => {
    const items = Array.from({ length: 1_000 }, (_, i) => ({
      ...POST,
      status_id: `p${i}`,
      body_text: `text ${i}`,
      likes: i,
    }))
    const start = performance.now()
    assert.deepEqual(counts(await ingest(api, 'ingest_posts', { items })), [1_000, 0, 0, 0])
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
      ingest(api, 'ingest_posts', { items: more }),
      ingest(api, 'ingest_posts', { items: more.toReversed() }),
      ingest(api, 'ingest_metrics', { items: metrics.toReversed() }),
      ingest(api, 'ingest_posts', {
        items: more.toSorted((a, b) => (a.status_id.at(-1)! < b.status_id.at(-1)! ? -1 : 1)),
      }),
      ingest(api, 'ingest_metrics', { items: metrics }),
    ])
    assert.ok(results.every(({ errors }) => errors.length === 0))
    assert.equal(
      results.reduce((sum, { inserted }, i) => sum + (i === 2 || i === 4 ? 0 : inserted), 0),
      300,
    )
    assert.equal(results[2]!.inserted + results[4]!.inserted, 1_000)
    assert.deepEqual(await wrongCounts(api.db), [])
  })

  test.run()
}
