import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { suite } from 'uvu'
import type { Engine } from '../../tooling/lib/api/engine.ts'
import { makeToken } from '../../tooling/lib/api/token.ts'
import { ENGINES, FIXTURE, SECRET, sign, startTestEngine } from '../support/api.ts'
import { type Database, freshDatabase } from '../support/database.ts'

// What one request may cost the database, without an edge in front of PostgREST.

for (const kind of ENGINES) {
  const test = suite(`cost, ${kind}`, {} as { db: Database; engine: Engine })

  test.before(async (context) => {
    context.db = await freshDatabase()
    await context.db.query(FIXTURE)
    context.engine = await startTestEngine(kind, context.db.url)
  })
  test.after(async ({ db, engine }) => {
    await engine?.stop()
    await db?.drop()
  })
  // Of a test that failed too: the next ones read posts as well, and views.
  test.after.each(async ({ db }) => {
    await db.query("delete from public.posts where author_handle in ('long', 'huge')")
    await db.query('delete from public.pipeline_runs')
    await db.query('select pg_advisory_unlock_all()')
  })

  test('a runaway filter is ended by the timeout, and the engine keeps running', async ({ db, engine }) => {
    await db.query(`insert into public.pipeline_runs (run_at, mode, note)
      select now() - i * interval '1 hour', 'manual', repeat('ab', 500) from generate_series(1, 20000) as i`)
    const patterns = Array.from({ length: 60 }, (_, at) => `note.ilike.*zq${at}*`)
    const answer = await ask(engine, `/pipeline_runs?or=(${patterns})&select=run_at`)
    assert.equal(answer.body.code, '57014')
    assert.equal((await ask(engine, '/health')).status, 200)
  })

  test('regular expressions are refused, wherever a filter may stand', async ({ engine }) => {
    for (const path of [
      '/posts?body_text=match.rain',
      '/posts?body_text=not.imatch.rain',
      '/feed?or=(likes.gt.1,author_handle.match.a)',
      '/rpc/feed?body_text=imatch.rain',
      '/posts?select=status_id,reports(channel)&reports.summary=match.rain',
      '/watch_accounts?handle=match(any).{a,b}',
    ]) {
      const { status, body } = await ask(engine, path)
      assert.deepEqual([status, body.code], [400, '22023'], path)
    }
    // Those of the functions still work.
    assert.equal(
      (await ask(engine, '/rpc/feed_page?page_size=2&q=%22the+rain%22&since=2026-01-01T00:00%2B01:00')).status,
      200,
    )
    assert.equal((await ask(engine, '/posts?body_text=ilike.*rain*')).status, 200)
  })

  test('an answer has at most 10 MB of long texts, or a single one, whatever is asked for', async ({ db, engine }) => {
    // All of them have 8.3 MB in each of these columns.
    await db.query(`
      insert into public.posts (
        status_id, url, author_handle, author_display, body_text, is_significant, significance_reason, discovered_at, last_seen_at
      )
      select 'long-' || i, text, 'long', text, text, true, text, '2026-01-01', now()
      from generate_series(1, 400) as i, repeat('rain and fog ', 1600) as text;
      insert into public.reports (status_id, reported_at, summary)
      select status_id, now(), body_text from public.posts where author_handle = 'long';
      insert into public.posts (status_id, url, author_handle, body_text, likes, discovered_at, last_seen_at)
      values ('huge', 'u', 'huge', repeat('rain and fog ', 900000), 1, '2026-01-01', now());
      insert into public.embeddings (status_id, backend, model, dims, vector_json, text_hash, created_at, updated_at, sign_bits)
      select status_id, 'b', 'm', 1, '[1]', 'h', now(), now(), public.sign_bits('[1]')
      from public.posts where author_handle in ('long', 'huge')`)
    for (const path of [
      '/posts?author_handle=eq.long&select=a:body_text,body_text',
      '/posts?author_handle=eq.long&order=likes',
      '/posts?author_handle=eq.long&select=body_text,reports(summary)',
      '/reports?select=posts(body_text),summary',
      '/feed?author_handle=eq.long',
      '/feed?author_handle=eq.long&select=url,significance_reason',
      '/rpc/feed?handle=long&select=body_text,author_display',
      '/rpc/feed?handle=long,huge&order=likes.desc&select=likes,body_text&limit=2',
      '/rpc/feed_page?handle=long&page_size=200',
      '/rpc/top?handle=long,huge&since=2026-01-01',
      '/rpc/similar?status_id=long-1&select=url,body_text,author_display,significance_reason',
      '/rpc/feed_atom?handle=long&page_size=200',
    ]) {
      const { status, body } = await ask(engine, path)
      assert.deepEqual([status, body.code], [413, 'PT413'], path)
    }
    for (const [path, megabytes] of [
      ['/posts?author_handle=eq.long&select=status_id', 0.01],
      ['/posts?author_handle=eq.long&select=body_text', 8.3],
      ['/posts?author_handle=eq.long&limit=100', 8.3],
      ['/rpc/feed?handle=long&limit=100', 8.3],
      ['/rpc/feed_page?handle=long&page_size=100', 8.3],
      ['/posts?status_id=eq.huge', 11.7],
      ['/rpc/post?status_id=huge', 11.7],
    ] as const) {
      const answer = await engine.fetch(new Request(`http://localhost${path}`))
      assert.equal(answer.status, 200, path)
      const size = (await answer.arrayBuffer()).byteLength / 1e6
      assert.ok(size > megabytes * 0.9 && size < megabytes * 1.2 + 0.1, `${path}: ${size} MB`)
    }
  })

  test('however many slow requests run, the others and the collector find a connection', async ({ db, engine }) => {
    const { token } = await makeToken({ role: 'ingest', ttl: '5m', secret: SECRET })
    const slow = { 'X-XMonitor-Slow': '1' }
    // What six slow requests hold until they end.
    await db.query('select pg_advisory_lock(1936486263, place) from generate_series(1, 6) as place')
    for (const path of ['/posts', '/feed', '/reports?select=*,posts(*)', '/watch_accounts'])
      await isRefused(path, ask(engine, path))
    for (const path of ['/rpc/feed?q=rain', '/rpc/stats?q=rain'])
      await isRefused(path, ask(engine, path, undefined, undefined, slow))
    for (const path of ['/rpc/activity?since=2025-01-01', '/rpc/activity?bucket=hour'])
      await isRefused(path, ask(engine, path))
    // PostgREST knows the view by this name too.
    assert.ok((await ask(engine, '/%70osts')).status >= 400)
    for (const path of ['/rpc/feed', '/rpc/stats', '/rpc/activity', '/rpc/health', '/health', '/'])
      assert.equal((await ask(engine, path)).status, 200, path)
    assert.equal((await ask(engine, '/posts', token)).status, 200)
    assert.equal((await ask(engine, '/rpc/feed?q=rain', token, undefined, slow)).status, 200)
    await db.query('select pg_advisory_unlock_all()')
    assert.equal((await ask(engine, '/posts')).status, 200)
    assert.equal((await ask(engine, '/rpc/feed?q=rain', undefined, undefined, slow)).status, 200)
  })

  test('a list is measured before it is read', async ({ engine }) => {
    const handles = Array.from({ length: 5_000 }, (_, at) => `h${at}`)
    const tiers = Array.from({ length: 5_000 }, (_, at) => `t${at}`)
    for (const [name, list] of [
      ['handle', handles],
      ['handle', handles.slice(0, 101)],
      ['tier', tiers],
      ['tier', Array(5_000).fill('other')],
    ] as const) {
      const answer = await ask(engine, `/rpc/feed?${name}=${list}`)
      assert.deepEqual([answer.status, answer.body.details], [400, `Argument: ${name}`])
    }
    assert.equal((await ask(engine, `/rpc/feed?handle=${handles.slice(0, 100)}`)).status, 200)
    assert.equal((await ask(engine, '/rpc/feed?tier=other,@Teammate,other')).status, 200)
  })

  test('a token that is valid for years is refused', async ({ engine }) => {
    const days = (count: number) => Math.floor(Date.now() / 1000) + count * 86_400
    const refused = await ask(engine, '/rpc/feed', await sign({ role: 'ingest', exp: days(401) }))
    assert.deepEqual([refused.status, refused.body.code], [401, 'PT401'])
    assert.equal((await ask(engine, '/rpc/feed', await sign({ role: 'ingest', exp: 1e300 }))).status, 401)
    assert.equal((await ask(engine, '/rpc/feed', await sign({ role: 'ingest', exp: days(399) }))).status, 200)
  })

  test('a token for another audience, or with conditions that nothing understands, is refused', async ({ engine }) => {
    const exp = Math.floor(Date.now() / 1000) + 300
    const status = async (claims: object, header = {}) => {
      const parts = [
        { alg: 'HS256', ...header },
        { role: 'ingest', exp, ...claims },
      ].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      const signature = createHmac('sha256', SECRET).update(parts.join('.')).digest('base64url')
      return (await ask(engine, '/rpc/feed', `${parts.join('.')}.${signature}`)).status
    }
    assert.equal(await status({}), 200)
    assert.equal(await status({ aud: 'xmonitor' }), 200)
    assert.equal(await status({ aud: ['other', 'xmonitor'] }), 200)
    for (const aud of ['other', ['other'], '', []]) assert.equal(await status({ aud }), 401, `${aud}`)
    assert.equal(await status({}, { crit: ['exp'] }), 401)
    assert.equal(await status({}, { crit: ['something'], something: 'ü' }), 401)
  })

  test('numbers that would take a hundred thousand digits are refused by their length', async ({ engine }) => {
    const { token } = await makeToken({ role: 'ingest', ttl: '5m', secret: SECRET })
    const item =
      '{"status_id": "1", "url": "u", "author_handle": "a", "likes": 1e131000, "discovered_at": "2026-01-01", "last_seen_at": "2026-01-01"}'
    const body = `{"items": [${Array(1000).fill(item)}]}`
    const answer = await ask(engine, '/rpc/ingest_posts', token, body)
    assert.equal(answer.status, 200)
    assert.equal(answer.body.errors.length, 1000)
    assert.match(answer.body.errors[0]!.message, /likes the real number 1e131000 is not an integer/)
  })

  test.run()
}

async function isRefused(path: string, answer: ReturnType<typeof ask>): Promise<void> {
  const { status, body } = await answer
  assert.deepEqual([status, body.code], [429, 'PT429'], path)
}

async function ask(engine: Engine, path: string, token?: string, body?: string, headers: Record<string, string> = {}) {
  const own = token && { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }
  const answer = await engine.fetch(
    new Request(`http://localhost${path}`, {
      headers: { ...headers, ...own },
      ...(body && { method: 'POST', body }),
    }),
  )
  return {
    status: answer.status,
    body: (await answer.json()) as { code: string; details: string; errors: { message: string }[] },
  }
}
