import assert from 'node:assert/strict'
import fc from 'fast-check'
import { suite } from 'uvu'
import { type Database, freshDatabase } from '../support/database.ts'

// The function api.feed itself, in SQL: that it is inlined, that it finds what a naive reading finds, that its cursor loses
// and repeats nothing. What HTTP makes of it is in contract.test.ts.

type Arguments = {
  since?: string
  until?: string
  tier?: string
  handle?: string
  significant?: string
  reported?: string
  q?: string
  cursor?: string
}
type Post = {
  status_id: string
  at: string
  author_handle: string
  watch_tier: string | null
  is_significant: boolean
  is_reported: boolean
  body_text: string | null
  cursor: string
}

const POSTS = 3_000
const SEED = Number(process.env.FEED_SEED ?? Math.floor(Math.random() * 2 ** 31))

const feed = suite('feed', {} as { db: Database; posts: Post[] })

feed.before(async (context) => {
  const db = await freshDatabase()
  context.db = db
  // Ten handles of decreasing weight, tiers with nulls, five posts per microsecond, words from a small vocabulary.
  await db.query(
    `insert into public.posts (status_id, url, author_handle, body_text, watch_tier, is_significant, discovered_at, last_seen_at)
    select
      (1890000000000000000 + (i * 7919) % 1000000)::text, 'u', 'h' || floor(10 * (i * 0.618 % 1) ^ 3),
      case when i % 17 > 0 then concat_ws(' ', words[1 + i % 7], words[1 + i % 5], words[1 + i % 11], '#' || i % 40) end,
      (array['teammate', 'influencer', 'ecosystem', null, null])[1 + i % 5], i % 3 = 0,
      timestamptz '2026-02-01T00:00:00Z' + (i / 5) * interval '1 hour 0.000001 seconds', now()
    from generate_series(1, $1) as i,
      (select array['Rain', 'fog', '50%', 'a_b', 'storm', 'new wind', 'ГРОЗА', 'h1', 'x\\y', 'ice東京“AI”', 'sun'] as words) as vocabulary`,
    [POSTS],
  )
  await db.query(
    "insert into public.reports (status_id, reported_at) select status_id, now() from public.posts where status_id like '%7' on conflict do nothing",
  )
  await db.query('analyze public.posts')
  context.posts = await db.query<Post>(
    `select status_id, to_char(discovered_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at, author_handle,
      watch_tier, is_significant, reported_at is not null as is_reported, body_text, cursor from api.feed`,
  )
})

feed.after(async ({ db }) => {
  await db?.drop()
})

/** As PostgREST calls it: prepared, with the arguments as parameters. */
function call(args: Arguments, limit: number | null, select = 'pgrst_call.*') {
  const names = Object.keys(args)
  const given = names.map((name, i) => `"${name}" := $${i + 2}::text`).join(', ')
  return {
    text: `select ${select} from api.feed(${given}) as pgrst_call limit $1`,
    values: [limit, ...Object.values(args)],
  }
}

async function ids(db: Database, args: Arguments, limit: number | null = null): Promise<string[]> {
  const { text, values } = call(args, limit, 'pgrst_call.status_id')
  return (await db.query<{ status_id: string }>(text, values)).map(({ status_id }) => status_id)
}

const SAMPLES: Required<Arguments> = {
  since: '2026-02-03',
  until: '2026-02-20T10:00:00Z',
  tier: 'teammate',
  handle: '@H1',
  significant: 'true',
  reported: 'false',
  q: 'rain -fog "new wind" ab',
  cursor: '0002ecfafee08003_1890000000000000001',
}

const MIXES: Arguments[] = [
  {},
  ...Object.entries(SAMPLES).map(([name, value]) => ({ [name]: value })),
  { tier: 'other' },
  { tier: 'teammate,other' },
  { handle: 'h1,h2' },
  { significant: 'false' },
  { q: 'ab' },
  SAMPLES,
]

feed('is inlined for every filter, alone and combined, and LIMIT ends the index scan early', async ({ db }) => {
  // As the reading role: what it may not execute or read would not be inlined either.
  await db.query('set role web_anon')
  for (const args of MIXES) {
    const { text, values } = call(args, 5)
    const rows = await db.query<{ 'QUERY PLAN': string }>(`explain (costs off) ${text}`, values)
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
    assert.doesNotMatch(plan, /Function Scan/, `${JSON.stringify(args)}\n${plan}`)
    assert.match(plan, /^Limit/, plan)
  }
  for (const args of [
    {},
    { since: SAMPLES.since },
    { until: SAMPLES.until },
    { cursor: SAMPLES.cursor },
    { tier: 'teammate' },
    { tier: 'other' },
    { significant: 'true' },
    { handle: 'h1' },
    { tier: 'ecosystem', since: SAMPLES.since, cursor: SAMPLES.cursor },
    { significant: 'true', until: SAMPLES.until },
  ]) {
    // A few rows out of thousands: no sort, and no more rows than requested.
    const { text, values } = call(args, 5)
    const [row] = await db.query(`explain (analyze, timing off, format json) ${text}`, values)
    const plan = JSON.stringify(row!['QUERY PLAN'])
    assert.doesNotMatch(plan, /"Node Type": ?"Sort"/, `${JSON.stringify(args)} ${plan}`)
    const scans = [...plan.matchAll(/"Relation Name": ?"posts".*?"Actual Rows": ?([\d.]+)/g)]
    assert.equal(scans.length, 1, plan)
    assert.ok(Number(scans[0]![1]) <= 5, plan)
  }
})

feed('finds the posts of several handles in the index, without reading the others', async ({ db }) => {
  const [server] = await db.query<{ version: number }>(`select current_setting('server_version_num')::int as version`)
  if (server!.version < 170_000) return console.log('skipped: Postgres before 17 reads them and sorts')
  await db.query('set role web_anon')
  const { text, values } = call({ handle: 'h1,h2' }, 5)
  const rows = await db.query<{ 'QUERY PLAN': string }>(`explain (costs off) ${text}`, values)
  const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
  assert.match(plan, /Index Scan using posts_newest on posts post\n\s+Index Cond: \(author_handle = ANY/)
})

feed.after.each(async ({ db }) => {
  await db.query('reset role')
})

feed('the naive implementation has every filter', async ({ db }) => {
  const [row] = await db.query<{ args: string[] }>(
    `select proargnames[:pronargs] as args from pg_proc where oid = 'api.feed'::regproc`,
  )
  assert.deepEqual(row!.args.filter((arg) => arg !== 'cursor').sort(), Object.keys(FILTERS).sort())
})

feed('the titles of Atom feeds name every filter', async ({ db }) => {
  const filters = Object.keys(FILTERS)
  const args = filters.map((filter, i) => `"${filter}" => $${i + 1}`).join(', ')
  const [row] = await db.query<{ words: string }>(
    `select public.describe_filters(${args}) as words`,
    filters.map((filter) => `a ${filter}`),
  )
  for (const filter of filters) assert.ok(row!.words.includes(`a ${filter}`), filter)
})

feed('finds the same posts as a naive implementation, for any filters', async ({ db, posts }) => {
  const bad = await fc.check(
    fc.asyncProperty(filters, behind, fc.constantFrom(3, 50, null), async (filters, place, limit) => {
      const args = place === null ? filters : { ...filters, cursor: posts[place]!.cursor }
      const expected = posts
        .slice(place === null ? 0 : place + 1)
        .filter((post) => fits(post, filters))
        .map(({ status_id }) => status_id)
      assert.deepEqual(await ids(db, args, limit), limit ? expected.slice(0, limit) : expected)
    }),
    { seed: SEED, numRuns: 150 },
  )
  assert.ok(!bad.failed, `FEED_SEED=${SEED} ${JSON.stringify(bad.counterexample)} ${bad.errorInstance}`)
})

feed('pages by cursor without gaps or repeats, even while posts arrive', async ({ db, posts }) => {
  for (const args of [{}, { tier: 'other' }, { handle: 'h0,h2', significant: 'false' }] as Arguments[]) {
    const expected = posts.filter((post) => fits(post, args)).map(({ status_id }) => status_id)
    const read: string[] = []
    let cursor: string | undefined
    for (let page = 0; ; page++) {
      const { text, values } = call({ ...args, ...(cursor && { cursor }) }, 97)
      const rows = await db.query<Post>(text, values)
      read.push(...rows.map(({ status_id }) => status_id))
      if (rows.length < 97) break
      cursor = rows.at(-1)!.cursor
      // Newer ones come in front of the first page, and one into a microsecond that was read.
      await db.query(
        `insert into public.posts (status_id, url, author_handle, discovered_at, last_seen_at)
        values ($1, 'u', 'h0', '2026-12-01', now()), ($2, 'u', 'h0', (select max(discovered_at) from public.posts where discovered_at < '2026-12-01'), now())`,
        [`new-${page}`, `9-${page}`],
      )
    }
    await db.query("delete from public.posts where status_id like 'new-%' or status_id like '9-%'")
    assert.deepEqual(
      read.filter((each) => !/^(new|9)-/.test(each)),
      expected,
    )
  }
})

feed('a cursor keeps every microsecond and id, in any time zone', async ({ db }) => {
  const instants = [
    '0001-01-01T00:00:00Z',
    '1999-12-31T23:59:59.999999Z',
    '2026-02-01T10:00:00.123456Z',
    '9999-12-31T23:59:59.999999Z',
  ]
  for (const zone of ['UTC', 'America/New_York'])
    for (const instant of instants) {
      const [row] = await db.query(
        `select set_config('timezone', $2, false), place.discovered_at = $1::timestamptz as same, place.status_id
        from public.parse_cursor(encode(timestamptz_send($1::timestamptz), 'hex') || '_ü _1') as place`,
        [instant, zone],
      )
      assert.deepEqual([row!.same, row!.status_id], [true, 'ü _1'], `${instant} in ${zone}`)
    }
})

feed('feed_page returns the same pages as feed', async ({ db, posts }) => {
  const expected = posts.filter((post) => post.watch_tier === 'influencer').map(({ status_id }) => status_id)
  const read: string[] = []
  let cursor: string | null = null
  do {
    const sql = "select api.feed_page(tier => 'influencer', page_size => '100', cursor => $1) as page"
    const [row]: { page: { items: Post[]; next_cursor: string | null } }[] = await db.query(sql, [cursor])
    read.push(...row!.page.items.map(({ status_id }) => status_id))
    cursor = row!.page.next_cursor
  } while (cursor)
  assert.deepEqual(read, expected)
})

/** A value of each filter that is an error. */
const INVALID: Record<keyof typeof FILTERS, string> = {
  since: 'x',
  until: 'x',
  tier: 'boss',
  handle: '@',
  significant: 'maybe',
  reported: 'maybe',
  q: 'x'.repeat(201),
}

feed('every call with the filters of the feed takes and applies all of them', async ({ db }) => {
  const calls = await db.query<{ name: string; args: string[] | null }>(
    `select proname as name, proargnames[:pronargs] as args from pg_proc
    where pronamespace = 'api'::regnamespace and ('q' = any (proargnames) or proname = 'nearest')`,
  )
  assert.deepEqual(calls.map(({ name }) => name).sort(), [
    'activity',
    'digest_atom',
    'duplicates',
    'feed',
    'feed_atom',
    'feed_page',
    'nearest',
    'similar',
    'stats',
    'top',
  ])
  const required: Record<string, string> = {
    similar: `status_id => '${(await ids(db, {}, 1))[0]}', `,
  }
  for (const { name, args } of calls) {
    if (args) for (const filter of Object.keys(FILTERS)) assert.ok(args.includes(filter), `${name} ${filter}`)
    for (const [filter, value] of Object.entries(INVALID)) {
      const call = args
        ? db.query(`select * from api.${name}(${required[name] ?? ''}"${filter}" => $1)`, [value])
        : db.query(`select * from api.${name}($1)`, [JSON.stringify({ vector: [1], model: 'm', [filter]: value })])
      await assert.rejects(call, { detail: `Argument: ${filter}` }, `${name} ${filter}`)
    }
  }
})

const instant = fc
  .integer({ min: 0, max: POSTS / 5 })
  .map((hours) => new Date(Date.UTC(2026, 1, 1, hours)).toISOString())
const list = (words: string[]) =>
  fc.uniqueArray(fc.constantFrom(...words), { minLength: 1, maxLength: 3 }).map((some) => some.join(','))
const term = fc.constantFrom(
  'rain',
  'RAIN',
  'fog',
  '50%',
  '%',
  'a_b',
  '_',
  '"new wind"',
  '-storm',
  '-"new wind"',
  'гроза',
  'h1',
  '\\',
  'ic',
  'ce',
  '-ce',
  'ai',
  'i',
  '京',
  '東京',
  '京“',
  'u',
  '#1',
  '-h0',
  'absent',
)

const FILTERS = {
  since: instant,
  until: instant,
  tier: list(['teammate', 'Influencer', 'ecosystem', 'other']),
  // Two may be one: H0 is h0.
  handle: list(['h0', '@H1', 'h2', 'H0', 'h9', 'nobody']),
  significant: fc.constantFrom('true', 'false'),
  reported: fc.constantFrom('true', 'false'),
  q: fc.array(term, { minLength: 1, maxLength: 5 }).map((terms) => terms.join(' ')),
}

const filters: fc.Arbitrary<Arguments> = fc.record(FILTERS, { requiredKeys: [] })

/** The post whose cursor is given. */
const behind = fc.option(fc.nat(POSTS - 1))

/** What the arguments mean, post by post. */
function fits(post: Post, { since, until, tier, handle, significant, reported, q }: Arguments): boolean {
  const among = (value: string, given: string) => given.toLowerCase().replaceAll('@', '').split(',').includes(value)
  if (since && post.at < micro(since)) return false
  if (until && post.at >= micro(until)) return false
  if (tier && !among(post.watch_tier ?? 'other', tier)) return false
  if (handle && !among(post.author_handle, handle)) return false
  if (significant && String(post.is_significant) !== significant) return false
  if (reported && String(post.is_reported) !== reported) return false
  const places = [post.body_text ?? '', `@${post.author_handle}`].map((place) => place.toLowerCase())
  return [...(q ?? '').matchAll(/(-?)(?:"([^"]*)"|(\S+))/g)].every(([, without, phrase, word]) => {
    const found = places.some((place) => occurs((phrase ?? word)!.toLowerCase(), place))
    return without ? !found : found
  })
}

/** Without three letters or digits in a row, only where a word begins; each Chinese or Japanese character is a word. */
function occurs(term: string, text: string): boolean {
  const inWord = '[[\\p{L}\\p{N}]--[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}]]'
  const isShort = !new RegExp(`${inWord}{3}`, 'v').test(term)
  const wordGoesOn = (index: number) => new RegExp(`${inWord}$`, 'v').test(text.slice(0, index))
  for (let index = text.indexOf(term); index >= 0; index = text.indexOf(term, index + 1))
    if (!isShort || !new RegExp(`^${inWord}`, 'v').test(term) || !wordGoesOn(index)) return true
  return false
}

const micro = (iso: string) => iso.replace('Z', '000Z')

feed.run()
