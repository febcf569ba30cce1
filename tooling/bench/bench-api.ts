import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type pg from 'pg'
import { startServer } from '../lib/local/server.ts'
import { TARGET_TABLES } from '../lib/move/tables.ts'
import { progress } from '../lib/output.ts'
import { casesOf, type Given } from './api-cases.ts'
import { explainedTime, feedStatement, PAGE, viewStatement } from './api-statements.ts'
import { benchCalls } from './bench-calls.ts'
import { median, type Row } from './figures.ts'
import { benchIngest } from './ingest.ts'
import { findLoads, type Load } from './load.ts'
import { run, type World, withClient } from './world.ts'

/** How often each statement is explained, in turns with those it is held against. */
const TURNS = 15
/** How often requests are sent, in turns with those of the view, for how long, over how many connections. */
const [ROUNDS, SECONDS, CONNECTIONS] = [5, 1, 8]
/** The view of as many rows as a page: what the engine can do at all. */
const VIEW = 'page_of_rows'
/** The cases of one filter that an index serves. */
const SINGLE_FILTERS = [
  'one tier',
  'two tiers',
  'no tier',
  'a busy handle',
  'a rare handle',
  'significant',
  'one day, some weeks ago',
]
/** Of the statement of page 1 against that of the view, of the others against that of page 1. */
const REACH: Record<string, string> = {
  'page 1': '<= 1.6',
  'page 1,000 by cursor': '<= 1.2',
  ...Object.fromEntries(SINGLE_FILTERS.map((name) => [name, '<= 1.25'])),
  'two handles of about 2,000 posts': '<= 5',
  'q, a common term': '<= 10',
  'q, a rare term': '<= 10',
  'q, an absent term': '<= 10',
  'q, two letters': '<= 10',
  'q, two letters that hardly occur': '<= 10',
}
/** What is to reach 0.8 of the requests to the view. */
const REQUESTS_WITH_REACH = ['page 1', 'page 1,000 by cursor', ...SINGLE_FILTERS]
const POST_TABLES = TARGET_TABLES.filter((table) => /post/.test(table))

export const ABOUT_API = `The posts came in through the product's own import. Beside the feed stands a view on a table that holds just the ${PAGE} rows of
the page in question, what the engine can do at all; it is asked in turns with the feed. The lines that begin with "statement"
are planning and execution times as \`explain (analyze)\` tells them, the median of ${TURNS}, of what PostgREST 16 sends, as role
web_anon: for \`GET /rpc/feed?tier=influencer&limit=${PAGE}\`, and for \`GET /${VIEW}?limit=${PAGE}\`,

\`\`\`sql
${feedStatement({ tier: 'influencer' }).text};

${viewStatement(VIEW).text};
\`\`\`

The lines that begin with "requests" are whole answers over HTTP, through the local server of \`npm start\`, over ${CONNECTIONS} connections;
their ratio is to the same rows from the view. What sends them is wrk or autocannon where one is installed, else the bench's own
process, which is also that server. Postgres, the engine, the server and the load share the machine's cores.`

/** The feed against a view of the same rows: as statements and as requests; then what comes in, and what it weighs. */
export async function benchApi(world: World, { posts }: { posts: number }): Promise<Row[]> {
  const url = await world.database(`posts_${posts}`)
  return withClient(url, async (db) => {
    await fill(db, world, url, posts)
    const secret = randomBytes(32).toString('hex')
    const server = await startServer({ databaseUrl: url, jwtSecret: secret, maxSlow: Number.POSITIVE_INFINITY })
    const [load] = findLoads()
    try {
      const [statements, requests]: [Row[], Row[]] = [[], []]
      for (const [name, given] of Object.entries(await casesOf(db))) {
        progress(`api: ${name}`)
        await show(db, given)
        statements.push(await explained(db, name, given))
        requests.push(await served(load, server.url, name, given))
      }
      progress('api: calls that count and rank')
      statements.push(...(await benchCalls(db)))
      const setup = [
        { what: 'engine of the requests', value: server.engine.kind === 'stand-in' ? server.engine.name : 'PostgREST' },
        { what: 'load of the requests', value: load.name },
      ]
      return [...statements, ...setup, ...requests, ...(await sizes(db, posts)), await benchIngest(server.url, secret)]
    } finally {
      await server.stop()
    }
  })
}

/** Through the product's own import, unless the section of the move has done so already; then what autovacuum does soon. */
async function fill(db: pg.Client, world: World, url: string, posts: number): Promise<void> {
  const { rows } = await db.query('select count(*)::int as posts from posts')
  if (rows[0].posts === 0) {
    const folder = await world.moved(posts)
    await run('import', ['--in', join(folder, 'export'), '--rejects', join(folder, 'rejects.jsonl')], url, folder)
  }
  await db.query('vacuum analyze')
  await db.query(`
    create table public.${VIEW} as select * from api.feed limit 0;
    create view api.${VIEW} as select * from public.${VIEW};
    grant select on api.${VIEW} to web_anon;
    create function api.${VIEW}() returns setof api.${VIEW} language sql stable as 'select * from api.${VIEW}';
    grant execute on function api.${VIEW} to web_anon;
    notify pgrst, 'reload schema'`)
}

/** Puts the page in question into the table behind the view. */
async function show(db: pg.Client, given: Given): Promise<void> {
  const names = Object.keys(given).map((name, index) => `"${name}" := $${index + 1}`)
  await db.query(`truncate public.${VIEW}`)
  await db.query(
    `insert into public.${VIEW} select * from api.feed(${names.join(', ')}) limit ${PAGE}`,
    Object.values(given),
  )
  await db.query(`analyze public.${VIEW}`)
}

/** Milliseconds of planning and execution, of the feed and of the view, and of the feed's first page. */
async function explained(db: pg.Client, name: string, given: Given): Promise<Row> {
  await db.query("set role web_anon; set plan_cache_mode = 'force_custom_plan'; set jit = off")
  const statements = { feed: feedStatement(given), view: viewStatement(VIEW), first: feedStatement({}) }
  const times = { feed: [] as number[], view: [] as number[], first: [] as number[] }
  for (let turn = 0; turn < TURNS; turn++) {
    for (const key of ['feed', 'view', 'first'] as const) times[key].push(await explainedTime(db, statements[key]))
  }
  await db.query('reset role')
  const [feed, view, first] = [median(times.feed), median(times.view), median(times.first)]
  const value = `${feed.toFixed(2)} ms, the view ${view.toFixed(2)} ms`
  return name === 'page 1'
    ? { what: `statement: ${name}, against the view`, value, ratio: feed / view, reach: REACH[name] }
    : { what: `statement: ${name}, against page 1`, value, ratio: feed / first, reach: REACH[name] }
}

/** Requests per second of the feed against those of the view of the same rows. */
async function served(load: Load, base: string, name: string, given: Given): Promise<Row> {
  const page = { limit: String(PAGE) }
  const paths = {
    // By a function that is inlined, since only a few requests to a view itself are let through at once.
    view: `/api/rpc/${VIEW}?limit=${PAGE}`,
    feed: `/api/rpc/feed?${new URLSearchParams({ ...given, ...page })}`,
  }
  const rates = { view: [] as number[], feed: [] as number[] }
  for (let round = 0; round < ROUNDS; round++)
    for (const key of ['view', 'feed'] as const)
      rates[key].push(await load.requestsPerSecond(base + paths[key], { seconds: SECONDS, connections: CONNECTIONS }))
  const [view, feed] = [median(rates.view), median(rates.feed)]
  return {
    what: `requests: ${name}, against the view`,
    value: `${feed.toFixed(0)}/s, the view ${view.toFixed(0)}/s`,
    ratio: feed / view,
    reach: REQUESTS_WITH_REACH.includes(name) ? '>= 0.8' : undefined,
  }
}

async function sizes(db: pg.Client, posts: number): Promise<Row[]> {
  const { rows } = await db.query(
    `select relname as name, pg_table_size(oid) as rows, pg_indexes_size(oid) as indexes from pg_class
    where relnamespace = 'public'::regnamespace and relname = any ($1) order by 1 desc`,
    [POST_TABLES],
  )
  const megabytes = (bytes: string) => `${((Number(bytes) / posts) * (1e6 / 2 ** 20)).toFixed(0)} MB`
  return rows.map(({ name, rows, indexes }) => ({
    what: `size of ${name} per million posts`,
    value: `${megabytes(rows)} and ${megabytes(indexes)} of indexes`,
  }))
}
