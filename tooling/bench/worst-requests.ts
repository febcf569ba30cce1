import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { startServer } from '../lib/local/server.ts'
import { print, progress } from '../lib/output.ts'
import { median } from './figures.ts'

// The worst requests that a stranger can send, one alone and then twenty at once, through the local server and the
// postgrest program, into the database of DATABASE_URL. On Linux, as root:
//
//     DATABASE_URL=... POSTGREST_BIN=... npx tsx tooling/bench/worst-requests.ts [how many at once]

const AT_ONCE = Number(process.argv[2] ?? 20)
const MAX_READS = 200
const FEED = '/api/rpc/feed?limit=50'
const LONG = '1,000 rows of 200,000 characters'
const LONG_FEED = 'the same of the feed'
const LONG_POSTS = `
  insert into public.posts (status_id, url, author_handle, body_text, discovered_at, last_seen_at)
  select 'long-' || at, 'https://x.com/', 'long', repeat('rain and fog ', 15400), '2000-01-01', '2000-01-01'
  from generate_series(1, 1000) as at
  on conflict do nothing`

const many = (count: number, item: (at: number) => string) => Array.from({ length: count }, (_, at) => item(at))

const databaseUrl = process.env.DATABASE_URL!
const db = new pg.Client({ connectionString: databaseUrl })
await db.connect()
/** Those with the most posts. */
const { rows: authors } = await db.query(
  'select author_handle from public.posts group by 1 order by count(*) desc limit 100',
)

/** Each fits into the 8 KB of an address that nginx accepts. */
const WORST: Record<string, { path: string; body?: string; prefer?: string }> = {
  'the whole table in one value': { path: '/api/feed?select=json_agg' },
  'one column 500 times, 1,000 rows': { path: `/api/feed?select=${many(500, (at) => `a${at}:body_text`)}` },
  'each row 300 times, 1,000 rows': { path: `/api/feed?select=${many(300, (at) => `a${at}:row_to_json`)}` },
  '40 regular expressions': {
    path: `/api/posts?or=(${many(40, () => 'body_text.match.%22(.%2B)(.%2B)(.%2B)%5C%5C3%5C%5C2z%24%22')})`,
  },
  'order without an index': { path: '/api/posts?order=body_text.desc' },
  'order of the feed without an index': { path: '/api/rpc/feed?order=body_text.desc' },
  '60 patterns with or': { path: `/api/posts?or=(${many(60, (at) => `body_text.ilike.*zq${at}*`)})` },
  'count=exact of a pattern': { path: '/api/posts?body_text=ilike.*zq*', prefer: 'count=exact' },
  'everything embedded, 1,000 rows': { path: '/api/posts?select=*,reports(*),post_metrics_snapshots(*)' },
  'q of two letters that stand nowhere': { path: '/api/rpc/feed?q=%C3%A6%C3%B8' },
  'the last rows of the feed by offset': { path: '/api/rpc/feed?offset=99000&limit=1000' },
  'the 100 authors with the most posts': { path: `/api/rpc/feed?handle=${authors.map((row) => row.author_handle)}` },
  'counts of these authors': { path: `/api/rpc/stats?handle=${authors.map((row) => row.author_handle)}` },
  '1,500 handles': { path: `/api/rpc/feed?handle=${many(1500, (at) => `h${at}`)}` },
  '1,000 unknown arguments': { path: `/api/rpc/feed?${many(1000, (at) => `k${at}=`).join('&')}` },
  'a body of 50,000 unknown arguments': {
    path: '/api/rpc/nearest',
    body: JSON.stringify(Object.fromEntries(many(50_000, (at) => `k${at}`).map((name) => [name, 1]))),
  },
  // Last, since these posts would be in the answers of the others.
  [LONG]: { path: '/api/posts?author_handle=eq.long' },
  [LONG_FEED]: { path: '/api/rpc/feed?handle=long' },
}

const server = await startServer({ databaseUrl, jwtSecret: randomBytes(32).toString('hex') })
const postgrest = childNamed('postgrest')
const quiet = await readFeed((reads) => reads < 50)
print(`| request | answer | seconds | MB | PostgREST, MB | backend, MB | a reader meanwhile, ${AT_ONCE} at once |`)
print('| --- | --- | --- | --- | --- | --- | --- |')
print(`| (none) | | | | ${peakOf(postgrest)} | | ${quiet} |`)
for (const name of Object.keys(WORST)) {
  progress(name)
  if (name === LONG) await db.query(LONG_POSTS)
  resetPeak(postgrest)
  const watch = watchBackends()
  const start = performance.now()
  const { status, code, bytes } = await send(name)
  const seconds = (performance.now() - start) / 1000
  const [ownPeak, backendPeak] = [peakOf(postgrest), await watch()]
  let over = false
  const attack = Promise.all(many(AT_ONCE, () => name).map(send)).then(() => {
    over = true
  })
  const during = await readFeed((reads) => !over && reads < MAX_READS)
  await attack
  const cells = [`${status} ${code}`, seconds.toFixed(2), (bytes / 1e6).toFixed(1), ownPeak, backendPeak]
  print(`| ${name} | ${cells.join(' | ')} | ${during} |`)
}
await db.end()
await server.stop()

async function send(name: string): Promise<{ status: number; code: string; bytes: number }> {
  const { path, body, prefer } = WORST[name]!
  const headers = { ...(prefer && { Prefer: prefer }), ...(body && { 'Content-Type': 'application/json' }) }
  // Nobody waits longer.
  const signal = AbortSignal.timeout(60_000)
  try {
    const answer = await fetch(server.url + path, { headers, signal, ...(body && { method: 'POST', body }) })
    const text = await answer.arrayBuffer()
    const code = answer.ok ? '' : (JSON.parse(Buffer.from(text).toString()).code as string)
    return { status: answer.status, code, bytes: text.byteLength }
  } catch {
    return { status: 0, code: 'no answer in 60 s', bytes: 0 }
  }
}

/** The median and the longest time of a page of the feed, each asked for after the one before. */
async function readFeed(more: (reads: number) => boolean): Promise<string> {
  const all: number[] = []
  do {
    const start = performance.now()
    // Another page each time.
    const answer = await fetch(`${server.url}${FEED}&until=2100-01-01T00:00:00.${String(all.length).padStart(6, '0')}Z`)
    await answer.arrayBuffer()
    if (!answer.ok) progress(`the reader got ${answer.status}`)
    all.push(performance.now() - start)
  } while (more(all.length))
  return `${median(all).toFixed(0)} ms, at most ${Math.max(...all).toFixed(0)} ms`
}

function childNamed(name: string): number {
  for (const pid of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry)))
    try {
      const isChild = readFileSync(`/proc/${pid}/status`, 'utf8').includes(`PPid:\t${process.pid}\n`)
      if (isChild && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(name)) return Number(pid)
    } catch {}
  throw new Error(`no ${name} was started: set POSTGREST_BIN`)
}

function resetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5')
}

function peakOf(pid: number): string {
  return megabytes(pid, 'VmHWM').toFixed(0)
}

/** The largest private memory of a backend until the returned function is called. */
function watchBackends(): () => Promise<string> {
  let peak = 0
  let over = false
  const watching = (async () => {
    const { rows } = await db.query(`select pid from pg_stat_activity where usename like 'authenticator%'`)
    for (; !over; await sleep(10)) for (const { pid } of rows) peak = Math.max(peak, megabytes(pid, 'RssAnon'))
  })()
  return async () => {
    over = true
    await watching
    return peak.toFixed(0)
  }
}

function megabytes(pid: number, field: string): number {
  try {
    return Number(readFileSync(`/proc/${pid}/status`, 'utf8').match(new RegExp(`${field}:\\s+(\\d+)`))![1]) / 1024
  } catch {
    return 0
  }
}
