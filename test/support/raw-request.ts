import { connect } from 'node:net'

type Options = { method?: string; headers?: Record<string, string>; body?: string }

export type Answer = { status: number; headers: Headers; body: string; bytes: Buffer }

/** Sends a request target exactly as given; fetch and curl normalize a path first. */
export function rawRequest(url: string, target: string | Buffer, options: Options = {}): Promise<Answer> {
  const { hostname, port, host } = new URL(url)
  const { method = 'GET', headers = {}, body = '' } = options
  const all = {
    Host: host,
    Connection: 'close',
    ...(body && { 'Content-Length': Buffer.byteLength(body) }),
    ...headers,
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)

  return new Promise((done, failed) => {
    let got = Buffer.alloc(0)
    const socket = connect(Number(port), hostname)
    socket.setTimeout(20_000, () => socket.destroy(new Error(`no answer to ${method} ${target}`)))
    socket.on('error', (error) => (got.length ? done(read(got)) : failed(error)))
    socket.on('end', () => done(read(got)))
    socket.on('data', (piece) => {
      got = Buffer.concat([got, piece])
      // A server that refuses a body may wait for the rest of it; the answer is complete before that.
      if (!isWhole(got)) return
      socket.destroy()
      done(read(got))
    })
    socket.write(Buffer.concat([Buffer.from(`${method} `), Buffer.from(target), Buffer.from(' HTTP/1.1\r\n')]))
    socket.write(`${lines.join('')}\r\n${body}`)
  })
}

function isWhole(answer: Buffer): boolean {
  const end = answer.indexOf('\r\n\r\n')
  const [, length] = /\r\ncontent-length: (\d+)/i.exec(answer.subarray(0, end).toString('latin1')) ?? []
  return length !== undefined && answer.length >= end + 4 + Number(length)
}

function read(answer: Buffer): Answer {
  const end = answer.indexOf('\r\n\r\n')
  const [first, ...lines] = answer.subarray(0, end).toString('latin1').split('\r\n')
  const headers = new Headers(
    lines.map(
      (line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()] as [string, string],
    ),
  )
  let bytes = answer.subarray(end + 4)
  if (headers.get('transfer-encoding') === 'chunked') bytes = unchunk(bytes)
  return { status: Number(first!.split(' ')[1]), headers, bytes, body: bytes.toString() }
}

function unchunk(bytes: Buffer): Buffer {
  const pieces: Buffer[] = []
  for (let at = 0; ; ) {
    const end = bytes.indexOf('\r\n', at)
    const size = Number.parseInt(bytes.subarray(at, end).toString(), 16)
    if (!size) return Buffer.concat(pieces)
    pieces.push(bytes.subarray(end + 2, end + 2 + size))
    at = end + 4 + size
  }
}
