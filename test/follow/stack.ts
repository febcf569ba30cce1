import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { makeToken } from '../../tooling/lib/api/token.ts'
import { startServer } from '../../tooling/lib/local/server.ts'
import { TARGET_TABLES } from '../../tooling/lib/move/tables.ts'
import { dbmate } from '../../tooling/lib/postgres/dbmate.ts'
import { startPostgres, THROWAWAY } from '../../tooling/lib/postgres/embedded.ts'
import { SECRET } from '../support/api.ts'

/** The local stack with a Postgres of its own that can be stopped, behind a network that can be cut. */
export async function startStack() {
  const dir = mkdtempSync(join(tmpdir(), 'xmonitor-follow-'))
  let postgres = await startPostgres({ dir, settings: THROWAWAY })
  const databaseUrl = postgres.url.replace('/postgres?', '/followed?')
  await dbmate(['up'], databaseUrl)
  const server = await startServer({ databaseUrl, jwtSecret: SECRET })
  const network = await startNetwork(server.port)
  const tokenFile = join(dir, 'token')
  writeFileSync(tokenFile, (await makeToken({ role: 'ingest', ttl: '1h', secret: SECRET })).token)
  return {
    databaseUrl,
    tokenFile,
    url: `http://127.0.0.1:${network.port}`,
    cutNetwork: network.cut,
    async empty() {
      const db = new pg.Client({ connectionString: databaseUrl })
      await db.connect()
      await db.query(`truncate ${TARGET_TABLES.join(', ')}`)
      await db.end()
    },
    /** Stops Postgres for a while. */
    async stopPostgres(milliseconds: number) {
      const { port } = postgres
      await postgres.stop()
      await sleep(milliseconds)
      postgres = await startPostgres({ dir, port, settings: THROWAWAY })
    },
    async stop() {
      network.close()
      await server.stop()
      await postgres.stop()
      for (const folder of new Set([dir, postgres.dir])) rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** A way to the server that can break. */
async function startNetwork(port: number) {
  const sockets = new Set<Socket>()
  let isDown = false
  const proxy = createServer((socket) => {
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
    if (isDown) return socket.destroy()
    sockets.add(socket)
    const upstream = connect(port, '127.0.0.1')
    upstream.on('error', () => {}).on('close', () => socket.destroy())
    socket
      .on('close', () => upstream.destroy())
      .pipe(upstream)
      .pipe(socket)
    return undefined
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  return {
    port: (proxy.address() as AddressInfo).port,
    /** Breaks what is going on, and takes no connection for a while. */
    async cut(milliseconds: number) {
      isDown = true
      for (const socket of sockets) socket.destroy()
      await sleep(milliseconds)
      isDown = false
    },
    close() {
      for (const socket of sockets) socket.destroy()
      proxy.close()
    },
  }
}
