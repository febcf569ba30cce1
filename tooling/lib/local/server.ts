import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import compression from 'compression'
import limits from '../../../infra/edge/limits.js'
import v1 from '../../../infra/edge/v1.js'
import { type Engine, startEngine } from '../api/engine.ts'
import { errorResponse } from '../api/errors.ts'
import { isClosed, postgrestSettings } from '../api/postgrest-settings.ts'
import { progress } from '../output.ts'
import { freePort } from '../processes.ts'
import { PROJECT } from '../project.ts'
import { refuseForeign } from './foreign.ts'
import { limitSlow, MAX_SLOW } from './slow-requests.ts'
import { servePage } from './static-files.ts'

export type LocalServer = {
  url: string
  port: number
  engine: Engine
  /** Whether reading needs a token. */
  isClosed: boolean
  stop: () => Promise<void>
}

type Options = {
  /** The owner's: the server sets authenticator's password there and logs in with it. */
  databaseUrl: string
  /** The preferred port, else the next free one; without it, any free port. */
  port?: number
  /** Tokens are checked with it; without it every token is refused. */
  jwtSecret?: string | undefined
  /** Reading needs a token, whatever the environment says. */
  isPrivate?: boolean
  /** The folder of the built page; without it only the API is served. */
  page?: string
  /** Prints a line per request to stderr. */
  verbose?: boolean
  /** How many requests that may take long are let through at once; Infinity: any number, and the database does not count them. */
  maxSlow?: number
}

type Api = { engine: Engine; closed: boolean; slowly: ReturnType<typeof limitSlow> | undefined }

// The limit and the answer are those of infra/nginx.
const BODY_LIMIT = 8 * 1024 * 1024
/** What public.pre_request counts slow requests by. */
const SLOW_HEADER = 'x-xmonitor-slow'
const compress = compression({ threshold: 1000 })
/** Set by this server for its own answers; those for pages of other origins are dropped as well. */
const OWN_HEADERS = ['content-encoding', 'content-length', 'transfer-encoding', 'connection', 'keep-alive', 'date']

/**
 * The local server: the page at /, the API at /api/* (as PostgREST has it) and /v1/* (the v1 contract), on 127.0.0.1.
 *
 *     const server = await startServer({ databaseUrl: db.url, jwtSecret: 'at least 32 characters ...' })
 *     await fetch(`${server.url}/api/rpc/feed?limit=5`)      // server.engine.kind says what answers
 *     await server.stop()
 */
export async function startServer(options: Options): Promise<LocalServer> {
  const { databaseUrl, port, jwtSecret, page, verbose, maxSlow = MAX_SLOW } = options
  const settings = postgrestSettings(options)
  const closed = isClosed(settings)
  const engine = await startEngine({ databaseUrl, jwtSecret, settings })
  const api = { engine, closed, slowly: maxSlow < Number.POSITIVE_INFINITY ? limitSlow(maxSlow) : undefined }
  const headers = JSON.parse(readFileSync(join(PROJECT, 'infra/headers.json'), 'utf8')) as Record<string, string>
  const serve = page ? servePage(page) : undefined

  const server = createServer((request, response) => {
    const start = performance.now()
    if (verbose) response.once('close', () => progress(logLine(request, response, performance.now() - start)))
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
    compress(request, response, async () => {
      try {
        const made = await answer(request, api)
        if (made) await send(request, response, made)
        else if (serve) serve(request, response)
        else await send(request, response, refusal(404, 'PGRST125', 'Only the API is served here.'))
      } catch (error) {
        // The client went away before it had sent everything.
        if (request.destroyed && !request.complete) return
        progress(`error: unexpected: ${(error as Error).stack}`)
        if (response.headersSent) response.destroy()
        else await send(request, response, refusal(500, 'PGRSTX00', 'The local server failed at this request.'))
      }
    })
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
  return { url: `http://127.0.0.1:${chosen}`, port: chosen, engine, isClosed: closed, stop }
}

/** The answer of the API or of the server itself; undefined for a path of the page. */
async function answer(request: IncomingMessage, { engine, closed, slowly }: Api): Promise<Response | undefined> {
  const { method = 'GET', url = '/', headers } = request
  const foreign = refuseForeign(headers)
  if (foreign) return foreign
  const [path = '/', query = ''] = url.split(/\?(.*)/s)
  const { authorization, 'x-api-key': apiKey } = request.headers
  const target = v1.route(method, path, query, authorization, String(apiKey ?? ''), closed)
  if (!target) return undefined
  if ('error' in target) {
    const more: Record<string, string> = target.status === 401 ? { 'WWW-Authenticate': 'Bearer' } : {}
    if (target.allow) more.Allow = target.allow
    return errorResponse(target.status, target.error, more)
  }
  const body = await readBody(request)
  if (!body) return refusal(413, 'XM413', 'The body is larger than 8 MB.', 'Send fewer items at once.')
  const asked = asRequest(request, `${target.path}${target.query && `?${target.query}`}`, body, target.authorization)
  if (asked instanceof Response) return asked
  const isSlow = target.slow || limits.isSlowBy(asked.headers.get('prefer'), asked.headers.get('range'))
  asked.headers.delete(SLOW_HEADER)
  if (!isSlow || !slowly) return engine.fetch(asked)
  asked.headers.set(SLOW_HEADER, '1')
  return slowly(() => engine.fetch(asked))
}

function asRequest(
  { method, headers }: IncomingMessage,
  target: string,
  body: Buffer,
  authorization: string,
): Request | Response {
  try {
    const flat = new Headers(Object.entries(headers).map(([name, value]) => [name, String(value)] as [string, string]))
    flat.delete('authorization')
    if (authorization) flat.set('authorization', authorization)
    const content = body.length && method !== 'GET' && method !== 'HEAD' ? { body } : {}
    return new Request(new URL(target.replace(/^\/+/, '/'), 'http://localhost'), {
      method,
      headers: flat,
      ...content,
    } as RequestInit)
  } catch (error) {
    // TRACE, CONNECT, and what is not a URL.
    return refusal(400, 'PGRST100', (error as Error).message)
  }
}

/** undefined if it is too large. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size <= BODY_LIMIT) chunks.push(chunk)
  }
  return size <= BODY_LIMIT ? Buffer.concat(chunks) : undefined
}

async function send({ method }: IncomingMessage, response: ServerResponse, answer: Response): Promise<void> {
  const headers = new Headers(answer.headers)
  for (const name of [...headers.keys()])
    if (OWN_HEADERS.includes(name) || name.startsWith('access-control-')) headers.delete(name)
  response.setHeaders(headers)
  const body = Buffer.from(await answer.arrayBuffer())
  if (method !== 'HEAD' && ![204, 304].includes(answer.status)) response.setHeader('Content-Length', body.length)
  response.writeHead(answer.status)
  response.end(method === 'HEAD' ? undefined : body)
}

function refusal(status: number, code: string, message: string, hint: string | null = null): Response {
  return errorResponse(status, { code, message, details: null, hint })
}

function logLine({ method, url }: IncomingMessage, { statusCode }: ServerResponse, milliseconds: number): string {
  // The address of an Atom feed may have a token in it.
  const path = url?.replace(/^([^?]*([a-z]+_atom[^?]*\?|\?(?=.*token=))).*/, '$1***')
  return `${new Date().toISOString()} ${method} ${path} ${statusCode} ${milliseconds.toFixed(1)}ms`
}
