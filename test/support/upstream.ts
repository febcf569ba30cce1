import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

/** One request as it arrived behind the edge. */
export type Seen = { method: string; url: string; headers: IncomingMessage['headers']; body: string }

type Answer = (request: Seen, response: ServerResponse) => void

/** A server in place of PostgREST that records requests; `answer` may be replaced while it runs. */
export async function recordingUpstream() {
  const seen: Seen[] = []
  const upstream = {
    seen,
    url: '',
    answer: ((_request, response) => response.end('{}')) as Answer,
    close: () =>
      new Promise<void>((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
  const server = createServer(async (request, response) => {
    const pieces: Buffer[] = []
    for await (const piece of request) pieces.push(piece)
    const { method, url, headers } = request
    const one = { method: method!, url: url!, headers, body: Buffer.concat(pieces).toString() }
    seen.push(one)
    response.setHeader('content-type', 'application/json; charset=utf-8')
    upstream.answer(one, response)
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  upstream.url = `http://127.0.0.1:${(server.address() as { port: number }).port}`
  return upstream
}
