import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { SignJWT } from 'jose'
import type pg from 'pg'
import { progress } from '../lib/output.ts'
import { startServer } from '../lib/server.ts'
import { FILLED } from '../lib/tables.ts'
import { feedStatement, PAGE, viewStatement } from './api-statements.ts'
import type { Row } from './edge.ts'
import { requestsPerSecond } from './load.ts'
import { median, run, type World, withClient } from './world.ts'

/** How often each statement is explained, in turns with the one it is held against. */
const TURNS = 15
const SECONDS = 2
/** Where page 1,000 begins. */
const DEEP = 999 * PAGE
const BATCH = 1_000
const BATCHES = 10

/** Filters of the feed by name. */
type Cases = Record<string, Record<string, string>>

/** The feed at a million posts, against a view of a table that holds just the page's rows: the engine's own limit. */
export async function benchApi(world: World, { posts }: { posts: number }): Promise<Row[]> {
  const url = await world.database(`posts_${posts}`)
  await withClient(url, (db) => fill(db, world, url, posts))
  return withClient(url, async (db) => {
    const cases = await casesOf(db)
    return [...(await explained(db, cases)), ...(await served(url, cases)), ...(await sizes(db, posts))]
  })
}

/** Through the product's own import, unless the section of the move has done so already. */
async function fill(db: pg.Client, world: World, url: string, posts: number): Promise<void> {
  const { rows } = await db.query('select count(*)::int as posts from posts')
  if (rows[0].posts === 0) {
    const folder = await world.moved(posts)
    await run('import', ['--in', join(folder, 'export'), '--rejects', join(folder, 'rejects.jsonl')], url, folder)
  }
  await db.query(`
    drop view if exists api.page_of_rows; drop table if exists public.page_of_rows;
    create table public.page_of_rows as select * from api.feed limit ${PAGE};
    create view api.page_of_rows as select * from public.page_of_rows;
    grant select on api.page_of_rows to web_anon;
    analyze; notify pgrst, 'reload schema'`)
}

/** Filters that fit the posts: who is busy, who is rare, which word is where. */
async function casesOf(db: pg.Client): Promise<Cases> {
  const one = async (text: string) => (await db.query(text)).rows[0].found as string
  const byPosts = 'select author_handle as found from posts group by 1 order by count(*) desc, 1'
  const handles = (await db.query('select count(distinct author_handle)::int as all from posts')).rows[0].all as number
  const handle = (rank: number) => one(`${byPosts} offset ${Math.min(Math.floor(rank), handles - 1)} limit 1`)
  const [busy, rare] = [await handle(0), await handle(handles)]
  const [middle, other] = [await handle(handles / 20), await handle(handles / 20 + 1)]
  const deep = await one(
    `select cursor as found from api.feed offset least(${DEEP}, (select count(*) / 2 from posts)) limit 1`,
  )
  const common = await one(`select word as found
    from (select lower(regexp_split_to_table(body_text, '[^[:alnum:]]+')) as word from (select body_text from posts limit 20000) newest) words
    where word ~ '^[a-z]{5,}$' group by 1 order by count(*) desc, 1 offset 20 limit 1`)
  return {
    'page 1': {},
    'page 1,000 by cursor': { cursor: deep },
    'one tier': { tier: 'influencer' },
    'two tiers': { tier: 'teammate,ecosystem' },
    'a busy handle': { handle: busy },
    'a rare handle': { handle: rare },
    'two handles': { handle: `${middle},${other}` },
    significant: { significant: 'true' },
    'tier and significant': { tier: 'influencer', significant: 'true' },
    'handle and significant': { handle: busy, significant: 'true' },
    'q, a common term': { q: common },
    'q, a rare term': { q: rare },
    'q, an absent term': { q: 'zzqxwvk' },
    'q, two letters': { q: 'th' },
  }
}

/** Planning and execution as Postgres tells them, of the statement that PostgREST sends, as the role it sends it by. */
async function explained(db: pg.Client, cases: Cases): Promise<Row[]> {
  progress('api: statements')
  await db.query("set role web_anon; set plan_cache_mode = 'force_custom_plan'; set jit = off")
  const time = async ({ text, values }: { text: string; values: (string | number)[] }) => {
    const { rows } = await db.query(`explain (analyze, timing off, format json) ${text}`, values)
    const [plan] = rows[0]['QUERY PLAN']
    return plan['Planning Time'] + plan['Execution Time']
  }
  const rows: Row[] = []
  const times: Record<string, number> = {}
  for (const [name, given] of Object.entries(cases)) {
    const [limits, feeds]: [number[], number[]] = [[], []]
    for (let turn = 0; turn < TURNS; turn++) {
      limits.push(await time(viewStatement('page_of_rows')))
      feeds.push(await time(feedStatement(given)))
    }
    times[name] = median(feeds)
    const value = `${times[name].toFixed(2)} ms, the ${PAGE} rows ${median(limits).toFixed(2)} ms`
    if (name.startsWith('q, ')) {
      const reach = name === 'q, two letters' ? undefined : '<= 10'
      rows.push({
        what: `statement: ${name}, against page 1`,
        value,
        ratio: times[name] / times['page 1']!,
        ...(reach && { reach }),
      })
    } else if (name === 'page 1,000 by cursor') {
      rows.push({
        what: `statement: ${name}, against page 1`,
        value,
        ratio: times[name] / times['page 1']!,
        reach: '<= 1.2',
      })
    } else
      rows.push({ what: `statement: ${name}, the ${PAGE} rows against it`, value, ratio: median(limits) / times[name] })
  }
  await db.query('reset role')
  return rows
}

/** Requests per second through the engine that is present, in turns with the view of the 50 rows. */
async function served(url: string, cases: Cases): Promise<Row[]> {
  const secret = randomBytes(32).toString('hex')
  const server = await startServer({ databaseUrl: url, jwtSecret: secret })
  try {
    progress(`api: requests, answered by ${server.engine.name}`)
    const rows: Row[] = [{ what: 'engine of the requests', value: server.engine.name }]
    for (const [name, given] of Object.entries(cases)) {
      const query = new URLSearchParams({ ...given, limit: String(PAGE) })
      const rate = { limit: [] as number[], feed: [] as number[] }
      for (let turn = 0; turn < 3; turn++) {
        rate.limit.push(
          await requestsPerSecond(`${server.url}/api/page_of_rows?limit=${PAGE}`, {
            seconds: SECONDS / 3,
            connections: 8,
          }),
        )
        rate.feed.push(
          await requestsPerSecond(`${server.url}/api/rpc/feed?${query}`, { seconds: SECONDS / 3, connections: 8 }),
        )
      }
      const [limit, feed] = [median(rate.limit), median(rate.feed)]
      const reach = name.startsWith('q, ') ? undefined : '>= 0.8'
      rows.push({
        what: `requests: ${name}, against the ${PAGE} rows`,
        value: `${feed.toFixed(0)}/s of ${limit.toFixed(0)}/s`,
        ratio: feed / limit,
        ...(reach && { reach }),
      })
    }
    rows.push(await ingest(server.url, secret))
    return rows
  } finally {
    await server.stop()
  }
}

async function ingest(base: string, secret: string): Promise<Row> {
  const token = await new SignJWT({ role: 'ingest' })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(secret))
  const now = new Date().toISOString()
  const start = performance.now()
  for (let batch = 0; batch < BATCHES; batch++) {
    const items = Array.from({ length: BATCH }, (_, index) => ({
      status_id: `99${String(batch * BATCH + index).padStart(17, '0')}`,
      url: 'https://x.com/bench/status/1',
      author_handle: `bench_${index % 50}`,
      body_text: `A post of the bench, number ${index} of its batch, with some words to index.`,
      discovered_at: now,
      last_seen_at: now,
    }))
    const response = await fetch(`${base}/v1/ingest/posts/batch`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ items }),
    })
    const { inserted } = (await response.json()) as { inserted: number }
    if (inserted !== BATCH) throw new Error(`The bench sent ${BATCH} posts, and ${inserted} were inserted.`)
  }
  const seconds = (performance.now() - start) / 1000
  return { what: `ingest in batches of ${BATCH}`, value: `${((BATCH * BATCHES) / seconds).toFixed(0)} posts/s` }
}

async function sizes(db: pg.Client, posts: number): Promise<Row[]> {
  const { rows } = await db.query(
    `select relname as name, pg_table_size(oid) as rows, pg_indexes_size(oid) as indexes from pg_class
    where relnamespace = 'public'::regnamespace and relname = any ($1)`,
    [FILLED],
  )
  const megabytes = (bytes: string) => `${(((Number(bytes) / posts) * 1e6) / 2 ** 20).toFixed(0)} MB`
  return rows
    .filter(({ name }) => ['posts', 'post_metrics_snapshots'].includes(name))
    .map(({ name, rows, indexes }) => ({
      what: `size of ${name} per million posts`,
      value: `${megabytes(rows)} and ${megabytes(indexes)} of indexes`,
    }))
}
