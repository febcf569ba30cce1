import { randomBytes } from 'node:crypto'
import { chmodSync, copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { makeToken } from '../lib/api/token.ts'
import { ApiClient } from '../lib/follow/api-client.ts'
import { type Event, Follower } from '../lib/follow/follower.ts'
import { LiveSource } from '../lib/follow/live-source.ts'
import { State } from '../lib/follow/state.ts'
import { verify } from '../lib/follow/verify.ts'
import { startServer } from '../lib/local/server.ts'
import Database from '../lib/move/sqlite-driver.ts'
import { POSTS, SNAPSHOTS } from '../lib/move/tables.ts'
import { progress } from '../lib/output.ts'
import { median, type Row } from './figures.ts'
import { run, type World, withClient } from './world.ts'

const ROUNDS = 7
const CHANGED = 10
const IDLE_SECONDS = 20
const BATCH = 1_000

export const ABOUT_FOLLOW = `The follower runs in one process with the local server, beside Postgres; nothing else changes the file. Each look and each new row
is the median of ${ROUNDS}. A look is from the writer's commit to the end of the look; a new row, from the commit to the answer of \`/rpc/post\`
that has it, with the pause of a second between two looks in it. The ratio of the ingest is to COPY of the same ${BATCH.toLocaleString('en-US')} posts and the three
derive statements for them, in a transaction, in turns.`

/** What it costs to follow a file of so many posts, and how soon the API has what is written there. */
export async function benchFollow(world: World, { posts }: { posts: number }): Promise<Row[]> {
  const folder = await world.moved(posts)
  const url = await world.database(`follow_${posts}`)
  progress('follow: the import')
  await run('import', ['--in', join(folder, 'export'), '--rejects', join(folder, 'rejects.jsonl')], url, folder)
  const file = join(folder, 'followed.db')
  copyFileSync(join(folder, 'x_monitor.snapshot.db'), file)
  chmodSync(file, 0o600)

  const secret = randomBytes(32).toString('hex')
  const server = await startServer({ databaseUrl: url, jwtSecret: secret })
  const token = async () => (await makeToken({ role: 'ingest', ttl: '1h', secret })).token
  const api = new ApiClient(server.url, token)
  const writer = new Database(file)
  writer.pragma('journal_mode = wal')
  try {
    return [
      { what: 'the API is answered by', value: server.engine.name.split(',')[0]! },
      ...(await verified(file, api)),
      ...(await followed(file, api, writer, join(folder, 'follow.db'))),
      await withClient(url, (db) => ingested(db, api)),
    ]
  } finally {
    writer.close()
    await server.stop()
  }
}

async function verified(file: string, api: ApiClient): Promise<Row[]> {
  progress('follow: both sides are compared')
  const source = new LiveSource(file)
  const start = performance.now()
  const { received, result } = await countReceived(() => verify(source, api))
  const seconds = (performance.now() - start) / 1000
  source.close()
  if (!result.equal) throw new Error(`The two sides differ: ${JSON.stringify(result.differences.slice(0, 5))}`)
  return [
    {
      what: '`--verify` of equal sides, against a minute',
      value: inSeconds(seconds),
      ratio: seconds / 60,
      reach: '<= 1',
    },
    {
      what: 'what it receives, against 1 MB',
      value: `${(received / 1000).toFixed(0)} KB`,
      ratio: received / 1e6,
      reach: '<= 1',
    },
  ]
}

async function followed(
  file: string,
  api: ApiClient,
  writer: InstanceType<typeof Database>,
  stateFile: string,
): Promise<Row[]> {
  const state = new State(stateFile, { source: file, url: api.url })
  let looked: (seconds: number) => void = () => {}
  const report = (event: Event) => {
    if (event.event === 'trouble') progress(`follow: ${event.fact}`)
    if (event.event === 'looked') looked(event.seconds)
  }
  const follower = new Follower({ file, state, api, acceptOlder: false, deletions: false, report })
  progress('follow: the first look')
  const first = performance.now()
  await follower.once()
  const firstSeconds = (performance.now() - first) / 1000

  const stop = new AbortController()
  const running = follower.run(1_000, stop.signal)
  const rows: Row[] = [{ what: 'the first look, after a move: nothing is sent', value: inSeconds(firstSeconds) }]
  try {
    const looks: number[] = []
    const arrivals: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      progress(`follow: round ${round + 1} of ${ROUNDS}`)
      const look = new Promise<number>((resolve) => {
        looked = resolve
      })
      changePosts(writer, round)
      looks.push(await look)
      await sleep(1_500)
      arrivals.push(await arrival(writer, api, round))
      await sleep(1_500)
    }
    const [look, arrived] = [median(looks), median(arrivals)]
    rows.push(
      {
        what: `a look after ${CHANGED} posts changed, against 2 s`,
        value: inSeconds(look),
        ratio: look / 2,
        reach: '<= 1',
      },
      {
        what: 'from a new row in SQLite to the answer of the API, against 2 s',
        value: inSeconds(arrived),
        ratio: arrived / 2,
        reach: '<= 1',
      },
    )
    progress('follow: nothing happens')
    const before = process.cpuUsage()
    await sleep(IDLE_SECONDS * 1000)
    const { user, system } = process.cpuUsage(before)
    const share = (user + system) / 1e6 / IDLE_SECONDS
    rows.push({
      what: 'processor time while nothing changes, of one core, against 1%',
      value: `${(share * 100).toFixed(2)}%`,
      ratio: share / 0.01,
      reach: '<= 1',
    })
  } finally {
    stop.abort()
    await running
    follower.close()
    state.close()
  }
  return rows
}

function changePosts(writer: InstanceType<typeof Database>, round: number): void {
  const last = writer.prepare('select max(rowid) from tweets').pluck().get() as number
  const update = writer.prepare('update tweets set likes = likes + 1 where rowid = ?')
  writer.transaction(() => {
    for (let n = 0; n < CHANGED; n++) update.run(1 + ((n * 97_531 + round * 7_777) % last))
  })()
}

async function arrival(writer: InstanceType<typeof Database>, api: ApiClient, round: number): Promise<number> {
  const id = `88${String(round).padStart(17, '0')}`
  writer
    .prepare(
      "insert into tweets (status_id, url, author_handle, discovered_at, last_seen_at) values (?, 'u', 'bench', ?, ?)",
    )
    .run(id, new Date().toISOString(), new Date().toISOString())
  const start = performance.now()
  for (;;) {
    const found = await api.get('post', { status_id: id }).catch(() => undefined)
    if (found) return (performance.now() - start) / 1000
    await sleep(20)
  }
}

/** Posts that are new each time, by the API and by COPY. */
async function ingested(db: pg.Client, api: ApiClient): Promise<Row> {
  progress('follow: the ingest against COPY')
  const [ours, theirs]: [number[], number[]] = [[], []]
  for (let round = 0; round < ROUNDS; round++) {
    let start = performance.now()
    const items = Array.from({ length: BATCH }, (_, index) =>
      post(`77${String(round * BATCH + index).padStart(17, '0')}`),
    )
    const { inserted } = await api.post(POSTS.ingest, JSON.stringify({ items, replace: true }))
    if (inserted !== BATCH) throw new Error(`The bench sent ${BATCH} posts, and ${inserted} were inserted.`)
    ours.push((performance.now() - start) / 1000)
    const rows = Array.from({ length: BATCH }, (_, index) =>
      post(`66${String(round * BATCH + index).padStart(17, '0')}`),
    )
    start = performance.now()
    await copyPosts(db, rows)
    theirs.push((performance.now() - start) / 1000)
  }
  const [sent, copied] = [median(ours), median(theirs)]
  return {
    what: `ingest of ${BATCH.toLocaleString('en-US')} new posts, against COPY and derive (${inSeconds(copied)})`,
    value: `${inSeconds(sent)}, ${(BATCH / sent).toFixed(0)} posts/s`,
    ratio: sent / copied,
    reach: '<= 4',
  }
}

async function copyPosts(db: pg.Client, rows: ReturnType<typeof post>[]): Promise<void> {
  const names = Object.keys(rows[0]!)
  const lines = rows.map((row) => `${Object.values(row).join('\t')}\n`)
  await db.query('begin')
  await pipeline(Readable.from(lines), db.query(copyFrom(`copy ${POSTS.target} (${names.join(', ')}) from stdin`)))
  const { target, columns, types } = SNAPSHOTS
  for (const type of types)
    await db.query(
      `insert into ${target} (${columns.join(', ')}) select ${columns.join(', ')}
      from (${SNAPSHOTS.derive(type, `(select * from ${POSTS.target} where status_id = any ($1)) as posts`)}) derived`,
      [rows.map(({ status_id }) => status_id)],
    )
  await db.query('commit')
}

function post(status_id: string) {
  const now = new Date().toISOString()
  const number = Number(status_id.slice(-6))
  return {
    status_id,
    url: `https://x.com/bench_${number % 50}/status/${status_id}`,
    author_handle: `bench_${number % 50}`,
    body_text: `Post ${number} of the bench, with some words for the index of the texts: ${(number * 7919).toString(36)}.`,
    likes: number,
    discovered_at: now,
    last_seen_at: now,
  }
}

/** How many bytes all answers had together. */
async function countReceived<T>(work: () => Promise<T>): Promise<{ received: number; result: T }> {
  const { fetch } = globalThis
  let received = 0
  globalThis.fetch = async (...request) => {
    const response = await fetch(...request)
    received += (await response.clone().arrayBuffer()).byteLength
    return response
  }
  try {
    return { result: await work(), received }
  } finally {
    globalThis.fetch = fetch
  }
}

function inSeconds(seconds: number): string {
  return `${seconds.toFixed(2)} s`
}
