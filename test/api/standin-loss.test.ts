import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { suite } from 'uvu'
import { type LocalServer, startServer } from '../../tooling/lib/local/server.ts'
import { dbmate } from '../../tooling/lib/postgres/dbmate.ts'
import { type Postgres, startPostgres, THROWAWAY } from '../../tooling/lib/postgres/embedded.ts'

// The connections of the local server are cut while it is answering. An error outside any promise would end this process.

const CLIENTS = 8
const CUTS = 12

type Context = {
  dir: string
  postgres: Postgres
  /** Between the server and Postgres. */
  proxy: Server
  sockets: Set<Socket>
  server: LocalServer
}

const loss = suite('the loss of connections', {} as Context)

loss.before(async (context) => {
  for (const name of ['POSTGREST_URL', 'POSTGREST_BIN']) delete process.env[name]
  context.dir = mkdtempSync(join(tmpdir(), 'xmonitor-loss-'))
  context.postgres = await startPostgres({ dir: context.dir, settings: THROWAWAY })
  const { url, port } = context.postgres
  context.sockets = new Set()
  context.proxy = createServer((socket) => {
    const upstream = connect(port, '127.0.0.1')
    socket.pipe(upstream).pipe(socket)
    for (const [end, other] of [[socket, upstream] as const, [upstream, socket] as const])
      end.on('error', () => {}).on('close', () => other.destroy())
    context.sockets.add(socket.on('close', () => context.sockets.delete(socket)))
  }).listen(0, '127.0.0.1')
  await once(context.proxy, 'listening')
  const databaseUrl = url.replace('/postgres?', '/loss?')
  await dbmate(['up'], databaseUrl)
  const { port: between } = context.proxy.address() as AddressInfo
  context.server = await startServer({ databaseUrl: databaseUrl.replace(`:${port}/`, `:${between}/`) })
})
loss.after(async ({ dir, postgres, proxy, server }) => {
  await server.stop()
  await postgres.stop()
  proxy.close()
  rmSync(dir, { recursive: true, force: true, maxRetries: 5 })
})

async function assertSurvives({ server }: Context, cut: () => unknown): Promise<void> {
  await untilWell(server)
  let over = false
  const counts = { answered: 0, refused: 0 }
  const client = async () => {
    while (!over) {
      const answer = await fetch(`${server.url}/v1/feed?limit=5`, { signal: AbortSignal.timeout(10_000) })
      const body = (await answer.json()) as object
      if (answer.status === 200) counts.answered++
      else {
        counts.refused++
        assert.equal(answer.status, 503, JSON.stringify(body))
        assert.deepEqual(Object.keys(body).sort(), ['code', 'details', 'hint', 'message'])
        assert.equal(answer.headers.get('retry-after'), '1')
        await sleep(5)
      }
    }
  }
  const breaker = async () => {
    for (let done = 0; done < CUTS; done++) {
      await sleep(10 + 15 * (done % 6))
      await cut()
    }
    over = true
  }
  await Promise.all([breaker(), ...Array.from({ length: CLIENTS }, client)])
  assert.ok(counts.refused > 0, 'no request met a cut')
  await untilWell(server)
}

/** It answers again, and keeps answering. */
async function untilWell(server: LocalServer): Promise<void> {
  const end = Date.now() + 15_000
  while ((await fetch(`${server.url}/v1/feed?limit=5`)).status !== 200) {
    assert.ok(Date.now() < end, 'it does not recover')
    await sleep(20)
  }
  const answers = await Promise.all(Array.from({ length: 20 }, () => fetch(`${server.url}/v1/feed?limit=5`)))
  for (const answer of answers) assert.equal(answer.status, 200)
}

loss('it survives a reset of its connections (RST), and answers 503', async (context) => {
  await assertSurvives(context, () => {
    for (const socket of context.sockets) socket.resetAndDestroy()
  })
})

loss('it survives closed connections (FIN)', async (context) => {
  await assertSurvives(context, () => {
    for (const socket of context.sockets) socket.destroy()
  })
})

loss('it survives pg_terminate_backend', async (context) => {
  const admin = new pg.Client({ connectionString: context.postgres.url })
  await admin.connect()
  try {
    await assertSurvives(context, () =>
      admin.query("select pg_terminate_backend(pid) from pg_stat_activity where datname = 'loss'"),
    )
  } finally {
    await admin.end()
  }
})

loss('it survives kill -9 of a backend, after which Postgres restarts by itself', async (context) => {
  await assertSurvives(context, async () => {
    const admin = new pg.Client({ connectionString: context.postgres.url })
    admin.on('error', () => {})
    try {
      await admin.connect()
      const { rows } = await admin.query("select pid from pg_stat_activity where datname = 'loss' limit 1")
      if (rows[0]) process.kill(rows[0].pid, 'SIGKILL')
    } catch {
      // It is still starting.
    }
    await admin.end().catch(() => {})
  })
})

loss('it survives kill -9 of the whole server, once the server is started again', async (context) => {
  const { postgres, server } = context
  await untilWell(server)
  const requests = Array.from({ length: CLIENTS }, () => fetch(`${server.url}/v1/feed?limit=5`))
  const [pid] = readFileSync(join(postgres.dir, 'data/postmaster.pid'), 'utf8').split('\n')
  process.kill(Number(pid), 'SIGKILL')
  for (const { status } of await Promise.all(requests)) assert.ok([200, 503].includes(status), `${status}`)
  context.postgres = await startPostgres({ dir: context.dir, port: postgres.port, settings: THROWAWAY })
  await untilWell(server)
})

loss.run()
