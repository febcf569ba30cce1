import { connect, type Socket } from 'node:net'

type Options = { connections?: number; seconds: number }

/** Requests per second of one GET over kept-alive connections, each sending its next request when it has its answer. */
export async function requestsPerSecond(url: string, { connections = 32, seconds }: Options): Promise<number> {
  const { host, hostname, port, pathname, search } = new URL(url)
  const request = Buffer.from(`GET ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
  const start = performance.now()
  const end = start + seconds * 1000
  async function client(): Promise<number> {
    let answers = 0
    while (performance.now() < end) answers += await keepAsking(connect(Number(port), hostname), request, end)
    return answers
  }
  const counts = await Promise.all(Array.from({ length: connections }, client))
  return counts.reduce((all, each) => all + each, 0) / ((performance.now() - start) / 1000)
}

/**
 * How many whole answers came by then, or until the server closed the connection, as nginx does after a thousand.
 * Anything but 200 with a Content-Length is an error: it would measure another thing.
 */
function keepAsking(socket: Socket, request: Buffer, end: number): Promise<number> {
  return new Promise((done, failed) => {
    let answers = 0
    let missing = 0
    socket.on('connect', () => socket.write(request))
    // A reset after some answers is a close that crossed our next request.
    socket.on('error', (error) => (answers ? done(answers) : failed(error)))
    socket.on('close', () => (answers ? done(answers) : failed(new Error('The server closed a new connection.'))))
    socket.on('data', (piece) => {
      if (missing > 0) missing -= piece.length
      else missing = missingOf(piece)
      if (missing > 0) return
      if (Number.isNaN(missing)) return failed(new Error(`Not an answer to measure: ${piece.subarray(0, 300)}`))
      answers++
      if (performance.now() < end) socket.write(request)
      else socket.destroy()
    })
  })
}

/** How many bytes are still to come after the piece that an answer begins with. */
function missingOf(piece: Buffer): number {
  const body = piece.indexOf('\r\n\r\n') + 4
  const head = piece.toString('latin1', 0, body)
  const length = /\r\ncontent-length: (\d+)\r\n/i.exec(head)?.[1]
  return head.startsWith('HTTP/1.1 200 ') && length ? Number(length) - (piece.length - body) : Number.NaN
}
