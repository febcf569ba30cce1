import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { loadavg } from 'node:os'
import type pg from 'pg'
import { from } from 'pg-copy-streams'
import { startServer } from '../lib/local/server.ts'
import { signBits } from '../lib/move/sign-bits.ts'
import { count, progress } from '../lib/output.ts'
import { CLUSTER, clusterOf, cosine, DIMS, NOISE } from './clustered-vectors.ts'
import { median, type Row } from './figures.ts'
import { type World, withClient } from './world.ts'

const QUERIES = 20
const NEAREST = 10
/** How often each thing is timed, in turns with the others. */
const TURNS = 15
const CANDIDATES = [100, 200, 400]
const SIMILAR = 'select * from api.similar($1) limit 5'
const CALIBRATION = 'select sum(i::double precision) from generate_series(1, 1000000) as i'

export const ABOUT_SIMILAR = `The vectors have ${DIMS} numbers and lie in clusters of ${CLUSTER}, with a noise of ${NOISE} of the spread of the centres: within a cluster the
cosine is about 0.55, between two clusters about 0. Recall is the share of the ${NEAREST} posts with the highest cosine that the call
finds, over ${QUERIES} posts; the exact ranking reads every vector, in Node. Of the larger number of posts, those that were added have
sign bits only, at random: finding candidates reads nothing else, and none of these posts becomes one.

Times are those of the first five similar posts, the median of ${TURNS} for different posts, as role web_anon. They took turns with a
calibration statement, \`${CALIBRATION}\`: with another
machine, or a busy one, compare with that. The CPU time is the one that Postgres reports (\`log_statement_stats\`); on an idle
machine, the statement takes about as long.`

/** How well and how fast similar posts are found. */
export async function benchSimilar(world: World, { posts }: { posts: number }): Promise<Row[]> {
  const url = await world.database('similar')
  return withClient(url, async (db) => {
    const queries = Array.from({ length: QUERIES }, (_, index) => Math.floor(((index + 0.5) * posts) / QUERIES))
    progress(`similar: ${count(posts)} vectors`)
    const exact = await fill(db, posts, queries)
    const rows = [...(await recalls(db, queries, exact)), ...(await times(db, url, posts, queries, 150))]
    progress(`similar: ${count(10 * posts)} vectors`)
    await addBits(db, posts, 10 * posts)
    return [...rows, ...(await times(db, url, 10 * posts, queries, 600))]
  })
}

/** Inserts the posts and their vectors; returns the nearest posts of each query by the exact ranking. */
async function fill(db: pg.Client, posts: number, queries: number[]): Promise<string[][]> {
  await insertPosts(db, 0, posts)
  const wanted = queries.map((index) => clusterOf(Math.floor(index / CLUSTER))[index % CLUSTER]!)
  const best: { index: number; similarity: number }[][] = queries.map(() => [])
  const copy = db.query(
    from('copy embeddings (status_id, backend, model, dims, vector_json, text_hash, created_at, sign_bits) from stdin'),
  )
  for (let first = 0; first < posts; first += CLUSTER) {
    const lines = clusterOf(first / CLUSTER).map((vector, at) => {
      for (const [query, other] of wanted.entries())
        if (queries[query] !== first + at) best[query]!.push({ index: first + at, similarity: cosine(vector, other) })
      const json = `[${vector.join(',')}]`
      return `${idOf(first + at)}\tb\tm\t${DIMS}\t${json}\th\t2026-01-01\t${signBits(json)}\n`
    })
    for (const list of best) list.sort((a, b) => b.similarity - a.similarity).splice(NEAREST)
    if (!copy.write(lines.join(''))) await once(copy, 'drain')
  }
  copy.end()
  await once(copy, 'finish')
  await db.query('vacuum analyze')
  return best.map((list) => list.map(({ index }) => idOf(index)))
}

async function insertPosts(db: pg.Client, first: number, end: number): Promise<void> {
  await db.query(
    `insert into posts (status_id, url, author_handle, discovered_at, last_seen_at)
    select (1900000000000000000 + i)::text, 'u', 'h' || i % 500, timestamptz '2026-01-01' + i * interval '1 minute', now()
    from generate_series($1::bigint, $2::bigint - 1) as i`,
    [first, end],
  )
}

/** Posts with sign bits alone: 1,024 random ones from eight hashes. */
async function addBits(db: pg.Client, first: number, end: number): Promise<void> {
  await insertPosts(db, first, end)
  await db.query(
    `insert into embeddings (status_id, backend, model, dims, vector_json, text_hash, created_at, sign_bits)
    select (1900000000000000000 + i)::text, 'b', 'm', ${DIMS}, '[]', 'h', now(),
      ('x' || (select string_agg(md5(i || ' ' || part), '') from generate_series(1, ${DIMS / 128}) as part))::bit(${DIMS})
    from generate_series($1::bigint, $2::bigint - 1) as i`,
    [first, end],
  )
  await db.query('vacuum analyze')
}

async function recalls(db: pg.Client, queries: number[], exact: string[][]): Promise<Row[]> {
  const found: string[][] = []
  const candidates: string[][] = []
  for (const query of queries) {
    found.push(await ids(db, `select status_id from api.similar($1) limit ${NEAREST}`, query))
    candidates.push(
      await ids(
        db,
        `select status_id from embeddings
        where status_id <> $1
        order by bit_count(sign_bits # (select sign_bits from embeddings where status_id = $1))
        limit ${CANDIDATES.at(-1)}`,
        query,
      ),
    )
  }
  const recall = (lists: string[][]) =>
    exact.reduce((sum, best, at) => sum + best.filter((id) => lists[at]!.includes(id)).length, 0) /
    (exact.length * NEAREST)
  return [
    ...CANDIDATES.map((most): Row => {
      const ratio = recall(candidates.map((list) => list.slice(0, most)))
      return { what: `of the ${NEAREST} nearest, among the ${most} nearest by bits`, value: ratio.toFixed(3), ratio }
    }),
    {
      what: `recall@${NEAREST} of /rpc/similar`,
      value: recall(found).toFixed(3),
      ratio: recall(found),
      reach: '>= 0.95',
    },
  ]
}

async function ids(db: pg.Client, text: string, query: number): Promise<string[]> {
  const { rows } = await db.query(text, [idOf(query)])
  return rows.map(({ status_id }) => status_id)
}

async function times(db: pg.Client, url: string, posts: number, queries: number[], allowed: number): Promise<Row[]> {
  const server = await startServer({ databaseUrl: url, jwtSecret: randomBytes(32).toString('hex') })
  const measured = {
    calibration: [] as number[],
    statement: [] as number[],
    http: [] as number[],
    groups: [] as number[],
  }
  const get = async (path: string) => {
    const response = await fetch(`${server.url}/api/rpc/${path}`)
    if (!response.ok) throw new Error(await response.text())
    await response.arrayBuffer()
  }
  try {
    await db.query('set role web_anon; set jit = off')
    for (let turn = -1; turn < TURNS; turn++) {
      const id = idOf(queries[(turn + 1) % QUERIES]!)
      const seconds = {
        calibration: await milliseconds(() => db.query(CALIBRATION)),
        statement: await milliseconds(() => db.query(SIMILAR, [id])),
        http: await milliseconds(() => get(`similar?status_id=${id}&limit=5`)),
        groups: await milliseconds(() => get('duplicates?limit=50')),
      }
      // The first turn warms up.
      if (turn >= 0)
        for (const name of Object.keys(seconds) as (keyof typeof seconds)[]) measured[name].push(seconds[name])
    }
  } finally {
    await db.query('reset role')
    await server.stop()
  }
  const of = `of ${count(posts)}`
  const row = (what: string, times: number[]): Row => ({
    what: `${what}, ${of}, against ${allowed} ms`,
    value: `${Math.round(median(times))} ms`,
    ratio: median(times) / allowed,
    reach: '<= 1',
  })
  return [
    {
      what: `calibration statement, ${of} (load average of the machine: ${loadavg()[0]!.toFixed(1)})`,
      value: `${Math.round(median(measured.calibration))} ms`,
    },
    row('similar posts as a statement', measured.statement),
    {
      what: `CPU time of that statement, without parallel workers, ${of}`,
      value: `${await cpuTime(db, SIMILAR, [idOf(queries[0]!)])} ms, of the calibration ${await cpuTime(db, CALIBRATION)} ms`,
    },
    row(`similar posts over HTTP (${server.engine.name.split(',')[0]})`, measured.http),
    { what: `duplicates among the newest 1,000, ${of}, over HTTP`, value: `${Math.round(median(measured.groups))} ms` },
  ]
}

/** The milliseconds of CPU time that Postgres reports for a statement, which other work on the machine hardly changes. */
async function cpuTime(db: pg.Client, text: string, values?: string[]): Promise<number> {
  const times: number[] = []
  for (let turn = 0; turn < TURNS; turn++) {
    let seconds = 0
    const add = ({ detail }: { detail?: string | undefined }) => {
      const [, user, system] = /([\d.]+) s user, ([\d.]+) s system/.exec(detail ?? '') ?? []
      seconds += Number(user ?? 0) + Number(system ?? 0)
    }
    await db.query('set log_statement_stats = on; set client_min_messages = log')
    db.on('notice', add)
    await db.query(text, values)
    db.off('notice', add)
    await db.query('reset log_statement_stats; reset client_min_messages')
    times.push(1000 * seconds)
  }
  return Math.round(median(times))
}

async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

function idOf(index: number): string {
  return String(1_900_000_000_000_000_000n + BigInt(index))
}
