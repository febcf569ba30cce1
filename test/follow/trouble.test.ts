import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import { makeToken } from '../../tooling/lib/api/token.ts'
import { ApiClient } from '../../tooling/lib/follow/api-client.ts'
import { type Event, Follower } from '../../tooling/lib/follow/follower.ts'
import { State } from '../../tooling/lib/follow/state.ts'
import { readStatus } from '../../tooling/lib/follow/status.ts'
import { tokenSource } from '../../tooling/lib/follow/token-source.ts'
import { type LocalServer, startServer } from '../../tooling/lib/local/server.ts'
import { TARGET_TABLES } from '../../tooling/lib/move/tables.ts'
import { change, good, goodRows, run, start, temporaryFolder, writeSource } from '../move/support.ts'
import { SECRET, sign } from '../support/api.ts'
import { type Database, freshDatabase } from '../support/database.ts'

// A follower before the real API, behind a gateway that answers in its place when a test wants it to.

type Refusal = { status: number; headers?: Record<string, string>; body?: string }

type Context = {
  db: Database
  server: LocalServer
  gateway: Server
  url: string
  /** What the gateway answers instead of the API. */
  refuse: Refusal | undefined
  /** Requests that write, since the test began. */
  asked: { at: number; call: string; items: number }[]
}

const test = suite('trouble', {} as Context)

test.before(async (context) => {
  context.db = await freshDatabase()
  context.server = await startServer({ databaseUrl: context.db.url, jwtSecret: SECRET })
  context.gateway = createServer(async (incoming, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk)
    const body = Buffer.concat(chunks)
    const [, call = ''] = incoming.url!.match(/\/rpc\/(ingest_\w+)/) ?? []
    if (incoming.method === 'POST')
      context.asked.push({ at: Date.now(), call, items: JSON.parse(body.toString()).items.length })
    if (context.refuse && call) {
      response
        .writeHead(context.refuse.status, context.refuse.headers)
        .end(context.refuse.body ?? '{"message": "busy"}')
      return
    }
    const { method, url, headers } = incoming
    request({ port: context.server.port, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers)
      answer.pipe(response)
    }).end(body)
  }).listen(0, '127.0.0.1')
  await once(context.gateway, 'listening')
  context.url = `http://127.0.0.1:${(context.gateway.address() as AddressInfo).port}`
})

test.before.each(async (context) => {
  context.refuse = undefined
  context.asked = []
  await context.db.query(`truncate ${TARGET_TABLES.join(', ')}, deleted_authors cascade`)
})

test.after(async ({ db, server, gateway }) => {
  gateway?.closeAllConnections()
  gateway?.close()
  await server?.stop()
  await db?.drop()
})

test('a server that is away or busy gets everything when it is back, not before it wants to be asked', async (context) => {
  const { follower, events, stop, state } = await follow(context, goodRows(3))
  await follower.once()
  context.asked = []
  context.refuse = { status: 429, headers: { 'Retry-After': '2' } }
  const running = follower.run(50, stop.signal)
  change(state.source, "update tweets set likes = 5; insert into runs (run_at, mode) values ('2026-02-02', 'priority')")
  await until(() => context.asked.length > 0)
  context.refuse = { status: 503 }
  await until(() => context.asked.length > 1)
  assert.ok(context.asked[1]!.at - context.asked[0]!.at >= 1_990, 'Retry-After was 2 seconds')
  context.refuse = undefined
  await until(() => events.some(({ event }) => event === 'recovered'))
  assert.deepEqual(
    events
      .filter(({ event }) => event === 'trouble')
      .map((event) => 'fact' in event && event.fact.replace(context.url, 'URL')),
    ['URL answers 429: busy', 'URL answers 503: busy'],
  )
  assert.deepEqual(await context.db.query('select distinct likes::int from public.posts'), [{ likes: 5 }])
  assert.deepEqual(await context.db.query('select count(*)::int as runs from public.pipeline_runs'), [{ runs: 4 }])
  stop.abort()
  await running
})

test('an expired token is named, and a new one in the file is used at once', async (context) => {
  const { follower, events, stop, tokenFile } = await follow(context, goodRows(2), {
    token: await sign({ role: 'ingest', exp: Math.floor(Date.now() / 1000) - 60 }),
  })
  const running = follower.run(50, stop.signal)
  await until(() => events.some(({ event }) => event === 'trouble'))
  const [trouble] = events as [Extract<Event, { event: 'trouble' }>]
  assert.match(trouble.fact, /answers 401: JWT expired/)
  assert.match(trouble.next, /--token-file/)
  writeFileSync(tokenFile, await ingestToken())
  await until(() => events.some(({ event }) => event === 'sent'))
  stop.abort()
  await running
  assert.deepEqual(await context.db.query('select count(*)::int as posts from public.posts'), [{ posts: 2 }])
})

test('what the server refuses goes to the reject file once, and is sent again when its post has come', async (context) => {
  const { follower, state, rejects } = await follow(context, {
    tweets: [good('tweets', 1)],
    reports: [good('reports', 1), good('reports', 2)],
  })
  await follower.once()
  assert.deepEqual(
    rejects().map(({ table, reason, row }) => [table, reason, row.status_id]),
    [['reports', 'no post has this status_id', '2']],
  )
  change(state.source, 'update tweets set likes = 1')
  await follower.once()
  assert.equal(rejects().length, 1)
  change(
    state.source,
    "insert into tweets select '2', url, author_handle, body_text, watch_tier, is_significant, likes, reposts, replies, views, initial_likes, likes_24h, refresh_24h_at, discovered_at, last_seen_at from tweets",
  )
  await follower.once()
  assert.deepEqual(await context.db.query('select status_id from public.reports order by 1'), [
    { status_id: '1' },
    { status_id: '2' },
  ])
  assert.deepEqual(state.outbox.counts(), [])
})

test('a body that the server does not take is divided until the row is found', async (context) => {
  const { follower, state, rejects } = await follow(context, { tweets: [] })
  await follower.once()
  const large = 'x'.repeat(3_000_000)
  for (const id of [1, 2, 3, 4])
    change(
      state.source,
      `insert into tweets (status_id, url, author_handle, body_text, discovered_at, last_seen_at) values ('${id}', 'u', 'a', ${id === 3 ? `'${large}${large}${large}'` : `'${id}'`}, '2026-01-01', '2026-01-01')`,
    )
  await follower.once()
  assert.deepEqual(await context.db.query('select status_id from public.posts order by 1'), [
    { status_id: '1' },
    { status_id: '2' },
    { status_id: '4' },
  ])
  assert.match(rejects()[0]!.reason, /answers 413/)
})

test('rows that are gone are named, and removed only when that is said', async (context) => {
  const { follower, state, events, flags } = await follow(context, goodRows(3))
  await follower.once()
  change(
    state.source,
    "delete from tweets where status_id = '2'; delete from reports where status_id = '2'; delete from tweet_embeddings where status_id = '2'; delete from runs where rowid = 1; delete from watch_accounts where rowid = 1",
  )
  await follower.once()
  assert.equal(events.at(-1)!.event, 'looked')
  assert.deepEqual(await context.db.query('select count(*)::int as posts from public.posts'), [{ posts: 3 }])
  follower.close()
  state.close()
  const removed = await run('follow', [...flags, '--once', '--deletions'])
  assert.match(removed.stdout, /Sent: 5 removed/)
  const verified = await run('follow', [...flags, '--verify'])
  assert.equal(verified.code, 0, verified.stdout + verified.stderr)
})

test('a second follower refuses; the status tells how the first one is, and that it ended', async (context) => {
  const rows = goodRows(2)
  rows.tweets![1]!.watch_tier = 'of nobody'
  const { follower, state, flags, statusFile } = await follow(context, rows)
  follower.close()
  state.close()
  const first = start('follow', flags)
  await until(() => readStatusFile(statusFile)?.last_success != null)
  const second = await run('follow', flags)
  assert.equal(second.code, 2)
  assert.match(second.stderr, /Another follower is running with .*follow\.db\./)
  const well = await run('follow', ['--status', '--status-file', statusFile, '--json'])
  assert.equal(well.code, 0, well.stdout)
  const { healthy, waiting, rejected, refused } = JSON.parse(well.stdout)
  assert.deepEqual([healthy, waiting, rejected], [true, {}, { tweets: 1 }])
  assert.deepEqual(refused, { reports: 1, tweet_embeddings: 1 })
  first.child.kill('SIGTERM')
  assert.equal((await first.ended).code, 0)
  const status = JSON.parse(readFileSync(statusFile, 'utf8'))
  writeFileSync(statusFile, JSON.stringify({ ...status, written_at: new Date(Date.now() - 600_000).toISOString() }))
  const ended = await run('follow', ['--status', '--status-file', statusFile])
  assert.equal(ended.code, 1)
  assert.match(ended.stdout, /^unhealthy: no status for 60\d seconds: the follower is not running$/m)
  assert.match(ended.stdout, /^rejected by the rules: tweets 1\nrefused by the server: reports 1, tweet_embeddings 1$/m)
})

test('a file that is not the status of a follower is refused, whatever is in it', () => {
  const folder = temporaryFolder()
  const file = join(folder, 'status.json')
  const older = { written_at: new Date().toISOString(), waiting: {}, gone: {}, refused: {} }
  for (const content of [null, {}, [], 'status', older]) {
    writeFileSync(file, JSON.stringify(content))
    assert.throws(() => readStatus(file, 300), /status\.json is not the status of a follower of this version\./)
  }
  writeFileSync(file, '{')
  assert.throws(() => readStatus(file, 300), /cannot be read: not JSON/)
  assert.throws(() => readStatus(join(folder, 'none.json'), 300), /cannot be read: ENOENT/)
  assert.throws(() => readStatus(folder, 300), /is not a file/)
})

test('a changed cell of either side is named and repaired', async (context) => {
  const { follower, state, flags } = await follow(context, goodRows(5))
  await follower.once()
  follower.close()
  state.close()
  await context.db.query("update public.posts set body_text = '' where status_id = '2'")
  await context.db.query("update public.embeddings set vector_json = '[0.5, 1]' where status_id = '3'")
  await context.db.query("delete from public.reports where status_id = '4'")
  await context.db.query("insert into public.pipeline_runs (run_at, mode) values ('2026-03-01', 'both')")
  await context.db.query(
    "insert into public.watch_accounts (handle, tier, added_at) values ('stranger', 'teammate', now())",
  )
  const found = await run('follow', [...flags, '--verify', '--json'])
  assert.equal(found.code, 1, found.stderr)
  const { differences } = JSON.parse(found.stdout) as { differences: { table: string; key: string; kind: string }[] }
  assert.deepEqual(
    differences.map(({ table, key, kind }) => `${table} ${key} ${kind}`),
    [
      'watch_accounts ["stranger"] not in SQLite',
      'posts ["2"] differs',
      'reports ["4"] missing in Postgres',
      'pipeline_runs ["0002eee9eb8b8000","both","local-dispatcher"] not in SQLite',
      'embeddings ["3"] differs',
    ],
  )
  const repaired = await run('follow', [...flags, '--verify', '--repair', '--deletions'])
  assert.equal(repaired.code, 0, repaired.stdout + repaired.stderr)
  assert.match(repaired.stdout, /^repaired: posts 1 .*; 2 removed$/m)
  assert.match(repaired.stdout, /verified: both sides are equal/)
})

test('a repair sends nothing of an older copy until that is said', async (context) => {
  const { follower, state, flags } = await follow(context, goodRows(2))
  await follower.once()
  copyFileSync(state.source, `${state.source}.old`)
  change(state.source, "update tweets set likes = 7, last_seen_at = '2026-03-01'")
  change(state.source, "insert into runs (run_at, mode) values ('2026-03-01', 'both')")
  await follower.once()
  follower.close()
  state.close()
  renameSync(`${state.source}.old`, state.source)
  const refused = await run('follow', [...flags, '--verify', '--repair', '--deletions'])
  assert.equal(refused.code, 1, refused.stdout)
  assert.match(refused.stderr, /is an older copy: .*2026-03-01/)
  assert.deepEqual(await context.db.query('select distinct likes::int from public.posts'), [{ likes: 7 }])
  const accepted = await run('follow', [...flags, '--verify', '--repair', '--deletions', '--accept-older'])
  assert.match(accepted.stdout, /verified: both sides are equal/, accepted.stderr)
})

const small = join(temporaryFolder(), 'small')
mkdirSync(small)
const hasSmallDisk = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', small]).status === 0
if (!hasSmallDisk) console.log('skipped: a full disk, because a small one cannot be mounted here')
test.after(() => void (hasSmallDisk && spawnSync('umount', [small])))
const onSmallDisk = hasSmallDisk ? test : test.skip

onSmallDisk('on a full disk it goes on, says so, and sends everything when there is room', async (context) => {
  const { follower, state, flags } = await follow(context, goodRows(200))
  await follower.once()
  follower.close()
  state.close()
  const [stateFile, rejects, status] = ['follow.db', 'rejects.jsonl', 'status.json'].map((name) => join(small, name))
  const files = ['--state', stateFile!, '--rejects', rejects!, '--status-file', status!]
  const running = start('follow', [...flags, ...files])
  let output = ''
  for (const stream of [running.child.stdout, running.child.stderr])
    stream.on('data', (text) => {
      output += text
    })
  await until(() => readStatusFile(status!)?.last_success != null)
  fill(join(small, 'fill'))
  change(state.source, "update tweets set likes = 7, body_text = 'longer'")
  await until(() => /follow\.db cannot be written/.test(output) && /cannot write \S+status\.json/.test(output))
  rmSync(join(small, 'fill'))
  await until(() => /Sent: posts 200/.test(output))
  running.child.kill('SIGTERM')
  assert.equal((await running.ended).code, 0, output)
  assert.deepEqual(await context.db.query('select distinct likes::int from public.posts'), [{ likes: 7 }])

  fill(join(small, 'fill'))
  rmSync(stateFile!)
  const refused = await run('follow', [...flags, ...files, '--once'])
  assert.match(refused.stderr, /^error: \S+follow\.db cannot be written: database or disk is full\.$/m)
})

test('what was deleted on request is neither sent, nor missed, nor brought back by a repair', async (context) => {
  const { follower, state, events, flags } = await follow(context, goodRows(4))
  await follower.once()
  await context.db.query(`select api.ingest_deletions('{"items": [{"status_id": "2"}, {"handle": "account3"}]}')`)
  change(state.source, "update tweets set likes = 9; update watch_accounts set note = 'new'")
  await follower.once()
  const { sent } = events.findLast((event) => event.event === 'sent') as Extract<Event, { event: 'sent' }>
  assert.deepEqual(
    Object.entries(sent).map(([table, { updated, deleted, refused }]) => [table, updated, deleted, refused]),
    [
      ['watch_accounts', 3, 1, 0],
      ['posts', 3, 1, 0],
    ],
  )
  assert.deepEqual(state.outbox.counts(), [])
  follower.close()
  state.close()

  const verified = await run('follow', [...flags, '--verify', '--repair'])
  assert.equal(verified.code, 0, verified.stdout + verified.stderr)
  assert.match(verified.stdout, /^posts: 3 rows on 1 day, equal, 1 deleted on request$/m)
  assert.doesNotMatch(verified.stdout, /^repaired:/m)
  await context.db.query(
    "insert into public.posts (status_id, url, author_handle, discovered_at, last_seen_at) values ('2', 'u', 'a', now(), now())",
  )
  const found = await run('follow', [...flags, '--verify'])
  assert.match(found.stdout, /^ +posts 2 deleted, but in Postgres$/m)
})

test.run()

async function follow(context: Context, rows: Parameters<typeof writeSource>[1], { token }: { token?: string } = {}) {
  const folder = temporaryFolder()
  const source = writeSource(join(folder, 'x_monitor.db'), rows)
  const tokenFile = join(folder, 'token')
  writeFileSync(tokenFile, token ?? (await ingestToken()))
  const files = {
    state: join(folder, 'follow.db'),
    rejects: join(folder, 'rejects.jsonl'),
    status: join(folder, 'status.json'),
  }
  const state = Object.assign(new State(files.state, { source, url: context.url }, files.rejects), { source })
  const events: Event[] = []
  const follower = new Follower({
    file: source,
    state,
    api: new ApiClient(context.url, tokenSource(tokenFile)),
    acceptOlder: false,
    deletions: false,
    report: (event) => void events.push(event),
  })
  return {
    follower,
    state,
    events,
    tokenFile,
    statusFile: files.status,
    stop: new AbortController(),
    flags: [
      ...['--source', source, '--url', context.url, '--token-file', tokenFile, '--state', files.state],
      ...['--rejects', files.rejects, '--status-file', files.status],
    ],
    rejects: () =>
      readFileSync(files.rejects, 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line)),
  }
}

async function ingestToken(): Promise<string> {
  return (await makeToken({ role: 'ingest', ttl: '1h', secret: SECRET })).token
}

function readStatusFile(file: string) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}

/** Takes all the space that is left. */
function fill(file: string): void {
  const chunk = Buffer.alloc(1 << 16)
  for (let size = chunk.length; size >= 1; size >>= 1)
    try {
      for (;;) appendFileSync(file, chunk.subarray(0, size))
    } catch {}
}

async function until(condition: () => boolean): Promise<void> {
  for (const end = Date.now() + 60_000; !condition(); await sleep(20)) assert.ok(Date.now() < end, `${condition}`)
}
