import assert from 'node:assert/strict'
import { suite } from 'uvu'
import { type Engine, startEngine } from '../../tooling/lib/api/engine.ts'
import { exactJson, exactNumber, isoTimestamp, withExactNumbers } from '../../tooling/lib/api/standin/exact-values.ts'
import { plainArguments, profileHeaders, quoteLongNumbers } from '../../tooling/lib/api/standin/request.ts'
import { type Database, freshDatabase } from '../support/database.ts'
import { call, get, ingest, NOW, OBJECTS, post, SECRET, token } from './standin-support.ts'

// The stand-in differs from PostgREST, and the adapter corrects that. One test per difference, with its own SQL, so the
// tests do not depend on the API.

const standIn = suite('stand-in', {} as { db: Database; engine: Engine })

standIn.before(async (context) => {
  for (const name of ['POSTGREST_URL', 'POSTGREST_BIN']) delete process.env[name]
  process.env.PATH = process.env
    .PATH!.split(':')
    .filter((folder) => !folder.includes('postgrest'))
    .join(':')
  context.db = await freshDatabase()
  await context.db.query(OBJECTS)
  context.engine = await startEngine({ databaseUrl: context.db.url, jwtSecret: SECRET })
})
standIn.after(async ({ engine, db }) => {
  await engine.stop()
  await db.drop()
})

standIn('is used if there is no PostgREST, and says so', ({ engine }) => {
  assert.equal(engine.kind, 'stand-in')
  assert.match(engine.name, /@supabase\/lite/)
})

standIn('plainArguments: an argument arrives as the text that was sent', async (context) => {
  for (const value of [
    '007',
    '1e5',
    '12345678901234567890',
    'true',
    'null',
    'unknown',
    'in.depth',
    'eq.1',
    ' spaced ',
    '"quoted"',
    '{"a":1}',
    '',
    'ä+&%😀',
  ])
    assert.equal((await get(context, `/rpc/echo?value=${encodeURIComponent(value)}`)).value, value)
  assert.equal(
    plainArguments(new URLSearchParams('limit=5&value=1&other=eq.1'), ['value', 'limit']).toString(),
    'limit=5&value=%221%22&other=eq.1',
  )
})

standIn('Postgres parses arguments of other types, and rejects invalid ones', async (context) => {
  const good = await get(context, '/rpc/echo?since=2026-03-01T00:00:00.123456Z&flag=yes&size=20')
  assert.deepEqual(good, { value: null, since: '2026-03-01T00:00:00.123456+00:00', flag: true, size: 20 })
  for (const bad of ['flag=maybe', 'size=many', 'since=notatime']) {
    const answer = await call(context.engine, `/rpc/echo?${bad}`)
    assert.equal(answer.status, 400, bad)
    assert.match(((await answer.json()) as { code: string }).code, /^22/)
  }
})

standIn('quoteLongNumbers: a filter on a long id finds it', async (context) => {
  for (const filter of [
    'id=eq.12345678901234567890',
    'id=in.(1,12345678901234567890)',
    'id=not.eq.12345678901234567891',
    'or=(id.eq.12345678901234567890,id.eq.2)',
  ])
    assert.equal((await get(context, `/numbers?select=id&${filter}`)).length, 1, filter)
  assert.equal((await get(context, '/numbers?id=eq.12345678901234567891')).length, 0)
  const kept = 'select=a1234567890123456&limit=1&text=like.*1234567890123456789x*'
  assert.equal(decodeURIComponent(quoteLongNumbers(new URLSearchParams(kept)).toString()), kept)
})

standIn('callBody: a JSON body arrives as it was sent', async ({ engine }) => {
  const body = '{"body": {"id": 12345678901234567890, "a": [1.50, "x", null]}, "other": "12345678901234567890"}'
  const answer = await post(engine, '/rpc/whole', body, ingest())
  assert.equal(
    await answer.text(),
    '{"body":{"id":12345678901234567890,"a":[1.50,"x",null]},"other":"12345678901234567890","type":"object"}',
  )
  const types: Record<string, string> = {
    '"text"': 'string',
    '[1]': 'array',
    true: 'boolean',
    '12': 'number',
    '"{}"': 'string',
  }
  for (const [json, type] of Object.entries(types)) {
    const given = (await (await post(engine, '/rpc/whole', `{"body": ${json}}`, ingest())).json()) as { type: string }
    assert.equal(given.type, type, json)
  }
  assert.equal(
    ((await (await post(engine, '/rpc/echo', '{"value": 007}')).json()) as { code: string }).code,
    'PGRST102',
  )
  assert.equal(((await (await post(engine, '/rpc/echo', '{"value": 1.50}')).json()) as { value: string }).value, '1.50')
})

standIn('exactNumber, exactJson: numbers beyond a JS number keep their digits', async ({ engine }) => {
  const text = await (await call(engine, '/numbers?select=long,short,exact,tenth,inside')).text()
  assert.equal(
    text,
    '[{"long":9223372036854775807,"short":42,"exact":1.50,"tenth":0.1,"inside":{"long":12345678901234567890,"text":"12345678901234567890","exact":1.50}}]',
  )
  assert.equal(exactNumber('42'), 42)
  for (const json of [
    '9007199254740993',
    '-9007199254740993',
    '1.0',
    '1e400',
    '{"a":[1,2.50,"1.50","\\"9007199254740993"]}',
    '"\\u0000n:5"',
  ])
    assert.equal(withExactNumbers(JSON.stringify(exactJson(json))), json)
})

standIn('isoTimestamp: timestamps are written as Postgres writes them in JSON', async (context) => {
  assert.equal((await get(context, '/numbers?select=at'))[0].at, '2026-03-01T00:00:00.123456+00:00')
  assert.equal(isoTimestamp('2026-03-01 08:00:00-03:30'), '2026-03-01T08:00:00-03:30')
  assert.equal(isoTimestamp('infinity'), 'infinity')
})

standIn('profileHeaders: the default schema is api, and no other is served', async (context) => {
  const headers = new Headers({ 'accept-profile': 'public' })
  profileHeaders(headers, 'api')
  assert.deepEqual([headers.get('accept-profile'), headers.get('content-profile')], ['public', 'api'])
  const answer = await call(context.engine, '/posts', { headers: { 'accept-profile': 'public' } })
  assert.equal(answer.status, 406)
  assert.equal(((await answer.json()) as { code: string }).code, 'PGRST106')
})

standIn(
  'works as authenticator in the role of the request, with the settings that PostgREST makes',
  async (context) => {
    const anonymous = await get(context, '/rpc/settings', { cookie: 'a=1; b=2', 'x-own': 'yes' })
    assert.equal(anonymous.role, 'web_anon')
    assert.equal(anonymous.search_path, 'api, api, refused, pg_catalog')
    assert.equal(anonymous['request.method'], 'GET')
    assert.equal(anonymous['request.path'], '/rpc/settings')
    assert.equal(JSON.parse(anonymous['request.headers'])['x-own'], 'yes')
    assert.deepEqual(JSON.parse(anonymous['request.cookies']), { a: '1', b: '2' })
    assert.deepEqual(JSON.parse(anonymous['request.jwt.claims']), { role: 'web_anon' })
    assert.equal(anonymous.transaction_read_only, 'on')

    const named = await get(context, '/rpc/settings', ingest({ sub: 'me' }))
    assert.equal(named.role, 'ingest')
    assert.deepEqual(JSON.parse(named['request.jwt.claims']), { role: 'ingest', exp: NOW + 60, sub: 'me' })
    const session = await context.db.query(
      "select distinct usename from pg_stat_activity where datname = current_database() and application_name = 'stand-in'",
    )
    assert.ok(session.some(({ usename }) => usename === 'authenticator'))
  },
)

standIn("a role's own settings apply to its requests", async ({ engine, db }) => {
  const [role] = await db.query<{ rolconfig: string[] | null }>(
    "select rolconfig from pg_roles where rolname = 'web_anon'",
  )
  const timeout = role!.rolconfig?.find((setting) => setting.startsWith('statement_timeout='))?.split('=')[1]
  const { statement_timeout: now } = await get({ engine }, '/rpc/settings')
  if (timeout) assert.equal(now, timeout)
  else assert.equal(now, '0')
})

standIn('a GET is a read-only transaction, a POST is not', async ({ engine, db }) => {
  const read = await call(engine, '/rpc/writes')
  assert.equal(read.status, 405)
  assert.equal(((await read.json()) as { code: string }).code, '25006')
  assert.equal((await post(engine, '/rpc/writes', '{}')).status, 204)
  assert.equal((await db.query("select from watch_accounts where handle = 'written'")).length, 1)
})

standIn('the answer has the status and headers set in SQL', async ({ engine }) => {
  const answers = (status: string, headers: string) => post(engine, '/rpc/answers', JSON.stringify({ status, headers }))
  const set = await answers('418', '[{"X-Own": "yes"}, {"Cache-Control": "no-store"}]')
  assert.equal(set.status, 418)
  assert.equal(set.headers.get('x-own'), 'yes')
  assert.equal(set.headers.get('cache-control'), 'no-store')
  for (const [status, headers, code] of [
    ['200', '{"a": 1}', 'PGRST111'],
    ['200', '[{"a": 1}]', 'PGRST111'],
    ['what', '', 'PGRST112'],
  ] as const) {
    const wrong = await answers(status, headers)
    assert.equal(wrong.status, 500)
    assert.equal(((await wrong.json()) as { code: string }).code, code)
  }
})

standIn('Postgres errors have the status that PostgREST gives them, and all four fields', async ({ engine }) => {
  const expected: Record<string, number> = {
    PT404: 404,
    PT422: 422,
    P0001: 400,
    P0002: 500,
    '23503': 409,
    '23505': 409,
    '23514': 400,
    '22023': 400,
    '22P02': 400,
    '40001': 500,
    '42501': 401,
    '42P01': 404,
    '42883': 404,
    '53300': 503,
    '55000': 500,
    '57014': 500,
    XX000: 500,
  }
  for (const [code, status] of Object.entries(expected)) {
    const answer = await call(engine, `/rpc/fails?state=${code}`)
    assert.equal(answer.status, status, code)
    assert.deepEqual(await answer.json(), { code, message: 'the message', details: 'the detail', hint: 'the hint' })
    assert.equal(answer.headers.get('www-authenticate'), status === 401 ? 'Bearer' : null)
  }
})

standIn('a missing privilege is 401 without a token, 403 with one', async ({ engine }) => {
  for (const [headers, status] of [
    [{}, 401],
    [ingest(), 403],
  ] as const) {
    const answer = await call(engine, '/rpc/closed', { headers })
    assert.equal(answer.status, status)
    assert.equal(((await answer.json()) as { code: string }).code, '42501')
  }
})

standIn('normalizeDbError: a client error is answered, not printed', async ({ engine }) => {
  const printed: unknown[] = []
  const write = process.stderr.write
  process.stderr.write = (text: unknown) => printed.push(text) > 0
  try {
    for (const path of ['/feed?foo=1', '/nothing', '/feed?select=nothing', '/feed?or=(x', '/rpc/echo?size=x'])
      assert.ok((await call(engine, path)).status >= 400)
  } finally {
    process.stderr.write = write
  }
  assert.deepEqual(printed, [])
})

standIn('an unknown table and an unknown function are 404', async ({ engine }) => {
  for (const [path, code] of [
    ['/nothing', 'PGRST205'],
    ['/rpc/nothing', 'PGRST202'],
    ['/a/b', 'PGRST125'],
  ] as const) {
    const answer = await call(engine, path)
    assert.equal(answer.status, 404)
    assert.equal(((await answer.json()) as { code: string }).code, code)
  }
})

standIn('tokens are checked as PostgREST checks them', async ({ engine }) => {
  const cases: [name: string, headers: Record<string, string>, status: number, code?: string][] = [
    ['good', ingest(), 200],
    ['no Bearer', { authorization: 'Basic eDp5' }, 200],
    ['empty', { authorization: 'Bearer ' }, 401, 'PGRST301'],
    ['two parts', { authorization: 'Bearer a.b' }, 401, 'PGRST301'],
    ['no JSON', { authorization: 'Bearer a.b.c' }, 401, 'PGRST301'],
    [
      'wrong secret',
      token({ role: 'ingest', exp: NOW + 60 }, { secret: 'another secret of more than 32 characters' }),
      401,
      'PGRST301',
    ],
    ['alg none', token({ role: 'ingest', exp: NOW + 60 }, { alg: 'none' }), 401, 'PGRST301'],
    ['alg HS512', token({ role: 'ingest', exp: NOW + 60 }, { alg: 'HS512' }), 401, 'PGRST301'],
    ['expired', ingest({ exp: NOW - 31 }), 401, 'PGRST303'],
    ['expired within the allowed skew', ingest({ exp: NOW - 5 }), 200],
    ['not yet', ingest({ nbf: NOW + 60 }), 401, 'PGRST303'],
    ['issued in the future', ingest({ iat: NOW + 60 }), 401, 'PGRST303'],
    ['exp is text', ingest({ exp: 'never' }), 401, 'PGRST303'],
    ['no exp: the pre-request function refuses', token({ role: 'ingest' }), 401, 'PT401'],
    ['an unknown role', ingest({ role: 'nobody_of_this_name' }), 401, '22023'],
    ['a role authenticator may not take', ingest({ role: 'pg_monitor' }), 403, '42501'],
  ]
  for (const [name, headers, status, code] of cases) {
    const answer = await call(engine, '/rpc/echo', { headers })
    const body = (await answer.json()) as { code?: string }
    assert.equal(answer.status, status, `${name}: ${JSON.stringify(body)}`)
    assert.equal(body.code, code, name)
    if (status === 401 && code!.startsWith('PGRST'))
      assert.match(answer.headers.get('www-authenticate')!, /^Bearer error="invalid_token"/)
  }
})

standIn('csvOf: CSV is written as Postgres writes rows', async ({ engine }) => {
  const csv = async (path: string) => {
    const answer = await call(engine, path, { headers: { accept: 'text/csv' } })
    assert.equal(answer.status, 200)
    assert.equal(answer.headers.get('content-type'), 'text/csv; charset=utf-8')
    return answer.text()
  }
  assert.equal(
    await csv('/texts'),
    'plain,empty,none,spaced,quoted,yes,no,at,long\nword,"",,"a b, (c)","x""y\\\\z",t,f,"2026-03-01 00:00:00.5+00",9223372036854775807\n' +
      'word,"",,"a b, (c)","x""y\\\\z",t,f,"2026-03-01 00:00:00.5+00",9223372036854775807',
  )
  assert.equal(await csv('/texts?plain=eq.other'), '\n')
  assert.equal(await csv('/rpc/texts_again?select=plain,at&limit=1'), 'plain,at\nword,"2026-03-01 00:00:00.5+00"')
})

standIn('the root lists what the role may read and call, with the comments', async (context) => {
  const anonymous = await get(context, '/')
  assert.equal(anonymous.swagger, '2.0')
  assert.ok(anonymous.paths['/texts'].get)
  assert.deepEqual(Object.keys(anonymous.paths['/rpc/echo']), ['get', 'post'])
  assert.deepEqual(Object.keys(anonymous.paths['/rpc/writes']), ['post'])
  assert.equal(anonymous.paths['/rpc/whole'], undefined)
  assert.match(anonymous.paths['/rpc/feed'].get.summary, /^The posts/)
  assert.ok((await get(context, '/', ingest())).paths['/rpc/whole'])
})

standIn('a table with row-level security gets no privileges from the stand-in', async ({ engine, db }) => {
  await db.query(
    'create table api.secured (id integer); alter table api.secured enable row level security; notify pgrst',
  )
  await until(async () => (await call(engine, '/secured')).status === 401)
  assert.deepEqual(await db.query("select relacl from pg_class where relname = 'secured'"), [{ relacl: null }])
})

standIn('a schema change is seen after notify pgrst', async ({ engine, db }) => {
  assert.equal((await call(engine, '/later')).status, 404)
  await db.query(
    "create view api.later as select 1 as one; grant select on api.later to web_anon; notify pgrst, 'reload schema'",
  )
  await until(async () => (await call(engine, '/later')).status === 200)
})

async function until(reached: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 5000; !(await reached()); await new Promise((resolve) => setTimeout(resolve, 20)))
    assert.ok(Date.now() < end, 'it did not happen within five seconds')
}

standIn.run()
