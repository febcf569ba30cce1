import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import pg from 'pg'
import { type Postgres, startPostgres, THROWAWAY } from '../../tooling/lib/postgres/embedded.ts'
import { PROJECT } from '../../tooling/lib/project.ts'

/** A server that can be stopped and started again. */
export class TestServer {
  readonly dir = mkdtempSync(join(tmpdir(), 'xmonitor-interruptions-'))
  #server: Postgres | undefined

  get port(): number {
    return this.#server?.port ?? 1
  }

  /** Of its superuser. */
  url(database: string, port = this.port): string {
    const url = new URL(this.#server!.url)
    url.port = String(port)
    url.pathname = database
    return url.href
  }

  async start(): Promise<void> {
    this.#server = await startPostgres({ dir: this.dir, settings: THROWAWAY })
  }

  get files(): string {
    return this.#server!.dir
  }

  async stop(): Promise<void> {
    await this.#server?.stop()
  }

  /** Its own folder and the one that root's server has instead. */
  remove(): void {
    for (const dir of new Set([this.dir, this.files])) rmSync(dir, { recursive: true, force: true, maxRetries: 5 })
  }

  async query(sql: string, database = 'postgres'): Promise<Record<string, unknown>[]> {
    const client = new pg.Client({ connectionString: this.url(database) })
    client.on('error', () => {})
    await client.connect()
    try {
      return (await client.query(sql)).rows ?? []
    } finally {
      await client.end()
    }
  }
}

export type Interruption = { at: number; event: (connections: Connection[]) => Promise<unknown>; sendFirst: boolean }
export type Connection = { client: Socket; server: Socket }

/** A proxy that counts the bytes clients send, and runs a callback at a given number. */
export class CountingProxy {
  sent = 0
  happened = false
  #interruption: Interruption | undefined
  #connections = new Set<Connection>()
  #listener = createServer((client) => this.#accept(client))

  constructor(readonly target: () => number) {}

  async listen(): Promise<number> {
    this.#listener.listen(0, '127.0.0.1')
    await once(this.#listener, 'listening')
    return (this.#listener.address() as AddressInfo).port
  }

  close(): void {
    this.#listener.close()
  }

  /** Counts from zero. */
  reset(interruption?: Interruption): void {
    this.sent = 0
    this.happened = false
    this.#interruption = interruption
  }

  #accept(client: Socket): void {
    const server = connect(this.target(), '127.0.0.1')
    const connection = { client, server }
    this.#connections.add(connection)
    for (const socket of [client, server]) socket.on('error', () => {})
    client.on('data', async (data) => {
      this.sent += data.length
      const interruption = this.#interruption
      if (!interruption || this.sent < interruption.at) return void server.write(data)
      this.#interruption = undefined
      this.happened = true
      client.pause()
      if (interruption.sendFirst) server.write(data)
      await interruption.event([...this.#connections])
      if (!interruption.sendFirst && !server.destroyed) server.write(data)
      client.resume()
    })
    server.on('data', (data) => client.write(data))
    client.on('close', () => {
      this.#connections.delete(connection)
      server.end()
    })
    server.on('close', () => client.end())
  }
}

export type Outcome = { code: number; stdout: string; stderr: string; uncaught: string[] }

let runs = 0

/** Runs a command in this process, which takes a tenth of the time of a new process. */
export async function runHere(command: string, args: string[], env: Record<string, string>): Promise<Outcome> {
  const outcome: Outcome = { code: 0, stdout: '', stderr: '', uncaught: [] }
  const before = { argv: process.argv, env: process.env, out: process.stdout.write, err: process.stderr.write }
  const record = (error: unknown) => void outcome.uncaught.push(String((error as Error)?.stack ?? error))
  process.on('uncaughtException', record)
  process.on('unhandledRejection', record)
  process.on('warning', record)
  const exitCode = process.exitCode
  process.exitCode = 0
  process.argv = [process.execPath, command, ...args]
  process.env = { PATH: process.env.PATH, HOME: process.env.HOME, ...env }
  const collect = (stream: 'stdout' | 'stderr') => (text: string | Uint8Array) => {
    outcome[stream] += text
    return true
  }
  process.stdout.write = collect('stdout')
  process.stderr.write = collect('stderr')
  try {
    await import(`${pathToFileURL(join(PROJECT, 'tooling', `${command}.ts`))}?run=${++runs}`)
    outcome.code = Number(process.exitCode)
    // What comes late comes now.
    await sleep(5)
  } finally {
    process.stdout.write = before.out
    process.stderr.write = before.err
    process.argv = before.argv
    process.env = before.env
    process.exitCode = exitCode
    process.off('uncaughtException', record)
    process.off('unhandledRejection', record)
    process.off('warning', record)
  }
  return outcome
}
