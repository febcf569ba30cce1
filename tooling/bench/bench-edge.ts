import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Failure } from '../lib/errors.ts'
import { startNginx, whyNoNginx } from '../lib/local/nginx.ts'
import { migrate } from '../lib/move/migrate.ts'
import { startPostgres } from '../lib/postgres/embedded.ts'
import { generate } from '../lib/samples/generate.ts'
import type { Row } from './figures.ts'
import { findLoads } from './load.ts'

type Options = { posts?: number; seconds?: number }

/** Rounds in which all are measured in turn, so that a slow moment of the machine hits all alike. */
const ROUNDS = 3

/** The feed page of 50 through nginx, with its cache and without, against a plain Node endpoint with the same SQL. */
export async function benchEdge({ posts = 20_000, seconds = 3 }: Options = {}): Promise<Row[]> {
  const why = whyNoNginx()
  if (why) throw new Failure(`The edge cannot be measured: ${why}.`, 'Install it and run the bench again.')

  const folder = mkdtempSync(join(tmpdir(), 'xmonitor-bench-'))
  const stops: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })]
  try {
    const postgres = await startPostgres({ dir: join(folder, 'postgres') })
    // Where another user keeps its data, when this one is root.
    stops.push(() => rmSync(postgres.dir, { recursive: true, force: true }), postgres.stop)
    await fill(postgres.url, folder, posts)

    const plain = fork(new URL('./plain-endpoint.ts', import.meta.url), [postgres.url])
    stops.push(() => ended(plain))
    const api = `http://127.0.0.1:${await portOf(plain)}`
    const unlimited = { 'limit_req zone=requests burst=200 nodelay;': '' }
    const cached = await startNginx({ api, page: folder, change: unlimited })
    stops.push(cached.stop)
    const change = { ...unlimited, 'proxy_cache $cache': 'proxy_cache off' }
    const uncached = await startNginx({ api, page: folder, change })
    stops.push(uncached.stop)

    const path = '/api/rpc/feed?limit=50'
    const [load] = findLoads()
    const measured = { plain: 0, cached: 0, uncached: 0 }
    for (let round = 0; round < ROUNDS; round++)
      for (const [name, base] of [
        ['plain', api],
        ['cached', cached.url],
        ['uncached', uncached.url],
      ] as const)
        measured[name] += (await load.requestsPerSecond(base + path, { seconds: seconds / ROUNDS })) / ROUNDS

    return [
      { what: 'feed page of 50: plain Node http + pg, the same SQL', value: perSecond(measured.plain) },
      {
        what: 'feed page of 50: nginx with its cache',
        value: perSecond(measured.cached),
        ratio: measured.cached / measured.plain,
        reach: '>= 3',
      },
      {
        what: 'feed page of 50: nginx without its cache, in front of that endpoint',
        value: perSecond(measured.uncached),
        ratio: measured.uncached / measured.plain,
      },
      { what: 'load of the requests', value: load.name },
    ]
  } finally {
    for (const stop of stops.reverse()) await stop()
  }
}

/** Invented posts, moved in by the product itself. */
async function fill(url: string, folder: string, posts: number): Promise<void> {
  const source = join(folder, 'source.db')
  generate({ file: source, posts })
  const before = process.env.DATABASE_URL
  process.env.DATABASE_URL = url
  try {
    await migrate({ source, out: join(folder, 'move'), until: 'import' })
  } finally {
    if (before === undefined) delete process.env.DATABASE_URL
    else process.env.DATABASE_URL = before
  }
}

function portOf(child: ChildProcess): Promise<number> {
  return new Promise((done, failed) => {
    child.once('message', (port) => done(port as number))
    child.once('exit', (code) => failed(new Error(`plain-endpoint.ts ended with ${code}`)))
  })
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  child.kill()
  await once(child, 'exit')
}

function perSecond(number: number): string {
  return `${Math.round(number).toLocaleString('en-US')} requests/s`
}
