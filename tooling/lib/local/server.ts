import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import v1 from '../../../infra/edge/v1.js'
import { type Engine, startEngine } from '../api/engine.ts'
import { errorResponse } from '../api/errors.ts'
import { progress } from '../output.ts'
import { freePort } from '../processes.ts'
import { PROJECT } from '../project.ts'
import { acceptedEncoding, compressBrotli, readStaticFiles, type StaticFile, staticFile } from './static-files.ts'

export type LocalServer = { url: string; port: number; engine: Engine; stop: () => Promise<void> }

type Options = {
  /** Of the owner: the server sets authenticator's password there and logs in with it. */
  databaseUrl: string
  /** Taken when it is free, else the next free one; without it a free one is picked. */
  port?: number
  /** What tokens are checked with; without it every token is refused. */
  jwtSecret?: string | undefined
  /** The built page; without it only the API is served. */
  page?: string
  /** Writes a line per request to stderr. */
  verbose?: boolean
}

// As infra/nginx has it, and the answer too.
const BODY_LIMIT = 8 * 1024 * 1024
const LEAST_COMPRESSED = 1000

/**
 * The local server: the page at /, the API at /api/* (as PostgREST has it) and /v1/* (the contract), on 127.0.0.1.
 *
 *     const server = await startServer({ databaseUrl: db.url, jwtSecret: 'at least 32 characters ...' })
 *     await fetch(`${server.url}/api/rpc/feed?limit=5`)      // server.engine.kind tells who answers
 *     await server.stop()
 */
export async function startServer({ databaseUrl, port, jwtSecret, page, verbose }: Options): Promise<LocalServer> {
  const engine = await startEngine({ databaseUrl, jwtSecret })
  const headers = JSON.parse(readFileSync(join(PROJECT, 'infra/headers.json'), 'utf8')) as Record<string, string>
  const files = page ? readStaticFiles(page) : new Map<string, StaticFile>()
  files.set('/config.json', staticFile(Buffer.from('{"api":"/api"}\n'), 'application/json; charset=utf-8', 'no-cache'))

  const server = createServer(async (request, response) => {
    const start = performance.now()
    if (verbose) response.once('close', () => progress(logLine(request, response, performance.now() - start)))
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
    try {
      await answer(request, response, { engine, files })
    } catch (error) {
      // The client went away before it had sent all.
      if (request.destroyed && !request.complete) return
      progress(`error: unexpected: ${(error as Error).stack}`)
      if (response.headersSent) response.destroy()
      else await send(request, response, refusal(500, 'PGRSTX00', 'The local server failed at this request.'))
    }
  })
  server.on('clientError', (_, socket) => socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n'))
  const chosen = await freePort(port, progress)
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(chosen, '127.0.0.1', resolve))
  const stop = async () => {
    const closed = new Promise((resolve) => server.close(resolve))
    server.closeAllConnections()
    await closed
    await engine.stop()
  }
  return { url: `http://127.0.0.1:${chosen}`, port: chosen, engine, stop }
}

type Served = { engine: Engine; files: Map<string, StaticFile> }

async function answer(request: IncomingMessage, response: ServerResponse, served: Served): Promise<void> {
  const { method = 'GET', url = '/' } = request
  const [path = '/', query = ''] = url.split(/\?(.*)/s)
  const target = v1.route(method, path, query)
  if (!target) return sendFile(request, response, path, served)
  if ('error' in target) {
    const allow: Record<string, string> = target.allow ? { Allow: target.allow } : {}
    return send(request, response, errorResponse(target.status, target.error, allow))
  }
  const body = await readBody(request)
  if (!body)
    return send(request, response, refusal(413, 'XM413', 'The body is larger than 8 MB.', 'Send fewer items at once.'))
  const asked = asRequest(request, `${target.path}${target.query && `?${target.query}`}`, body)
  return send(request, response, asked instanceof Response ? asked : await served.engine.fetch(asked))
}

function asRequest({ method, headers }: IncomingMessage, target: string, body: Buffer): Request | Response {
  try {
    const flat = Object.entries(headers).map(([name, value]) => [name, String(value)] as [string, string])
    const content = body.length && method !== 'GET' && method !== 'HEAD' ? { body } : {}
    return new Request(new URL(target.replace(/^\/+/, '/'), 'http://localhost'), {
      method,
      headers: flat,
      ...content,
    } as RequestInit)
  } catch (error) {
    // TRACE and CONNECT, and what is no address.
    return refusal(400, 'PGRST100', (error as Error).message)
  }
}

/** undefined: too large. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size <= BODY_LIMIT) chunks.push(chunk)
  }
  return size <= BODY_LIMIT ? Buffer.concat(chunks) : undefined
}

async function send(request: IncomingMessage, response: ServerResponse, answer: Response): Promise<void> {
  const headers = new Headers(answer.headers)
  for (const name of ['content-encoding', 'content-length', 'transfer-encoding', 'connection', 'keep-alive', 'date'])
    headers.delete(name)
  let body: Buffer = Buffer.from(await answer.arrayBuffer())
  const encoding = acceptedEncoding(request.headers['accept-encoding'])
  if (body.length >= LEAST_COMPRESSED) {
    headers.append('vary', 'Accept-Encoding')
    if (encoding !== 'identity') {
      body = encoding === 'br' ? compressBrotli(body, 4) : gzipSync(body, { level: 5 })
      headers.set('content-encoding', encoding)
    }
  }
  if (request.method !== 'HEAD' && ![204, 304].includes(answer.status))
    headers.set('content-length', String(body.length))
  response.writeHead(answer.status, Object.fromEntries(headers))
  response.end(request.method === 'HEAD' ? undefined : body)
}

/** A file of the page, or the page itself for any other path without a dot: its views have addresses of their own. */
function sendFile(request: IncomingMessage, response: ServerResponse, path: string, { files }: Served): void {
  const plain = decoded(path)
  const file =
    files.get(plain === '/' ? '/index.html' : plain) ?? (plain.includes('.') ? undefined : files.get('/index.html'))
  if (!['GET', 'HEAD'].includes(request.method!)) {
    response.writeHead(405, { Allow: 'GET, HEAD', 'Content-Type': 'text/plain' }).end('Method Not Allowed\n')
  } else if (!file) {
    response.writeHead(404, { 'Content-Type': 'text/plain', 'Cache-Control': 'no-cache' }).end('Not Found\n')
  } else {
    const encoding = acceptedEncoding(request.headers['accept-encoding'])
    const { type, etag, cacheControl, bodies } = file
    const common = { ETag: etag, 'Cache-Control': cacheControl, Vary: 'Accept-Encoding' }
    if (request.headers['if-none-match']?.includes(etag)) return void response.writeHead(304, common).end()
    const body = bodies[encoding]
    const encoded = body === bodies.identity ? {} : { 'Content-Encoding': encoding }
    response.writeHead(200, { ...common, ...encoded, 'Content-Type': type, 'Content-Length': body.length })
    response.end(request.method === 'HEAD' ? undefined : body)
  }
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

function refusal(status: number, code: string, message: string, hint: string | null = null): Response {
  return errorResponse(status, { code, message, details: null, hint })
}

function logLine({ method, url }: IncomingMessage, { statusCode }: ServerResponse, milliseconds: number): string {
  return `${new Date().toISOString()} ${method} ${url} ${statusCode} ${milliseconds.toFixed(1)}ms`
}
