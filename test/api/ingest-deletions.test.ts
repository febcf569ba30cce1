import assert from 'node:assert/strict'
import pg from 'pg'
import { suite } from 'uvu'
import { type Api, ENGINES, startApi } from '../support/api.ts'
import { ingest, POST, post } from '../support/ingest.ts'

const [FIRST, LAST] = ['1890000000000000001', '9223372036854775807']
const EMBEDDING = { backend: 'b', model: 'm', vector_json: [1], text_hash: 'h', created_at: '2026-03-01T00:00:00Z' }
const METRICS = { snapshot_at: '2026-03-01T00:00:00Z', likes: 1, reposts: 1, replies: 1, views: 1 }

for (const engine of ENGINES) {
  const deletions = suite(`ingest deletions, ${engine}`, {} as { api: Api })

  deletions.before(async (context) => {
    context.api = await startApi(engine)
  })
  deletions.after(({ api }) => api?.stop())

  const read = async (api: Api, path: string) => {
    const response = await fetch(`${api.target.api}${path}`)
    return { status: response.status, body: await response.json() }
  }
  const storedIds = async (api: Api) =>
    (await api.db.query('select status_id from public.posts order by 1')).map(({ status_id }) => status_id)

  deletions('a post goes with everything that belongs to it, and is unknown from then on', async ({ api }) => {
    const answer = await ingest(api, 'ingest_deletions', { items: [{ status_id: FIRST, reason: 'deleted on X' }] })
    assert.deepEqual([answer.inserted, answer.removed], [1, 1])
    const left = await api.db.query(
      `select 1 from public.reports where status_id = $1
      union all select 1 from public.post_metrics_snapshots where status_id = $1
      union all select 1 from public.embeddings where status_id = $1`,
      [FIRST],
    )
    assert.deepEqual(left, [])
    const unknown = await read(api, `/rpc/post?status_id=${FIRST}`)
    assert.deepEqual([unknown.status, (unknown.body as { code: string }).code], [404, 'PT404'])
    for (const path of ['/rpc/feed', '/feed', '/posts', '/rpc/feed_page', '/rpc/feed?q=harbour']) {
      const { status, body } = await read(api, path)
      assert.equal(status, 200, path)
      assert.ok(!JSON.stringify(body).includes(FIRST), path)
    }
    assert.equal((await ingest(api, 'ingest_deletions', { items: [{ status_id: FIRST }] })).skipped, 1)
  })

  deletions('whatever is sent of it later is counted as deleted', async ({ api }) => {
    const sent: [string, object][] = [
      ['ingest_posts', { ...POST, status_id: FIRST }],
      ['ingest_metrics', { status_id: FIRST, ...METRICS }],
      ['ingest_reports', { status_id: FIRST, reported_at: POST.last_seen_at }],
      ['ingest_embeddings', { status_id: FIRST, ...EMBEDDING }],
    ]
    for (const [call, item] of sent) {
      const { deleted, inserted, errors } = await ingest(api, call, { items: [item, item], replace: true })
      assert.deepEqual([deleted, inserted, errors.length], [1, 0, 0], call)
    }
    assert.ok(!(await storedIds(api)).includes(FIRST))
  })

  deletions('an author goes with all posts and the place on the watchlist, however written', async ({ api }) => {
    const answer = await ingest(api, 'ingest_deletions', { items: [{ handle: ' @ANN ', reason: 'asked for it' }] })
    assert.deepEqual([answer.inserted, answer.removed], [1, 1])
    assert.ok(!(await storedIds(api)).includes(LAST))
    assert.deepEqual((await read(api, '/rpc/watch_accounts?select=handle')).body, [{ handle: 'ben' }])
    const later = { ...POST, status_id: '50', author_handle: '@Ann' }
    assert.equal((await ingest(api, 'ingest_posts', { items: [later] })).deleted, 1)
    const account = { handle: 'Ann', tier: 'teammate' }
    assert.equal((await ingest(api, 'ingest_watch_accounts', { items: [account] })).deleted, 1)
  })

  deletions('its posts stay deleted when the account is renamed', async ({ api }) => {
    // Before the rename: stored, stored and deleted, sent too late to be stored.
    for (const status_id of [LAST, '50']) {
      const renamed = { ...POST, status_id, author_handle: 'ann2' }
      assert.equal((await ingest(api, 'ingest_posts', { items: [renamed] })).deleted, 1, status_id)
    }
    // After it: a post that is stored under the old handle is of a deleted author now.
    await ingest(api, 'ingest_posts', { items: [{ ...POST, status_id: '60', author_handle: 'ann3' }] })
    await ingest(api, 'ingest_deletions', { items: [{ handle: 'ann4' }] })
    const { deleted } = await ingest(api, 'ingest_posts', {
      items: [{ ...POST, status_id: '60', author_handle: 'ann4' }],
    })
    assert.equal(deleted, 1)
    assert.ok(!(await storedIds(api)).includes('60'))
  })

  deletions('the tombstones are listed for a token, and hold nothing of the posts', async ({ api }) => {
    const headers = { Authorization: `Bearer ${api.target.token}` }
    const listed = await (await fetch(`${api.target.api}/rpc/ingest_tombstones`, { headers })).json()
    assert.deepEqual(listed, { status_ids: [FIRST, '50', '60', LAST], handles: ['ann', 'ann4'] })
    const rows = await api.db.query('select status_id, handle, reason from public.deleted_posts order by 1')
    assert.deepEqual(rows[0], { status_id: FIRST, handle: null, reason: 'deleted on X' })
  })

  deletions('invalid deletions are named, and the others are carried out', async ({ api }) => {
    const items = [
      5,
      {},
      { handle: 'x', status_id: '1' },
      { handle: '' },
      { handle: '@' },
      { status_id: 1.5 },
      { handle: 'zoe', why: 'x' },
    ]
    const answer = await ingest(api, 'ingest_deletions', { items })
    assert.deepEqual([answer.inserted, answer.ignored], [1, { why: 1 }])
    assert.deepEqual(
      answer.errors.map(({ index, message }) => `${index} ${message}`),
      [
        '0 is not an object',
        '1 needs either handle or status_id',
        '2 needs either handle or status_id',
        '3 handle is empty, but required',
        '4 handle is empty, but required',
        '5 status_id the real number 1.5 is not text',
      ],
    )
    assert.equal((await post(api, '/rpc/ingest_deletions', {})).status, 400)
  })

  deletions('what is being written while a deletion waits is deleted too', async ({ api }) => {
    const db = new pg.Client({ connectionString: api.db.url })
    await db.connect()
    try {
      await db.query('begin')
      const body = JSON.stringify({ items: [{ ...POST, status_id: '70', author_handle: 'racer' }] })
      await db.query('select api.ingest_posts($1)', [body])
      const deleting = ingest(api, 'ingest_deletions', { items: [{ handle: 'racer' }] })
      await waitForLock(api)
      await db.query('commit')
      assert.equal((await deleting).removed, 1)
    } finally {
      await db.end()
    }
    assert.ok(!(await storedIds(api)).includes('70'))
  })

  deletions.run()
}

async function waitForLock(api: Api): Promise<void> {
  for (;;) {
    const [row] = await api.db.query<{ waits: boolean }>(
      "select exists (select from pg_locks where not granted and relation = 'public.deleted_authors'::regclass) as waits",
    )
    if (row!.waits) return
  }
}
