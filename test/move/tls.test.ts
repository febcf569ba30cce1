import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TLSSocket } from 'node:tls'
import { suite } from 'uvu'
import { $, which } from 'zx'
import { Failure } from '../../tooling/lib/errors.ts'
import { readAddress } from '../../tooling/lib/postgres/address.ts'
import { withTransaction } from '../../tooling/lib/postgres/database.ts'
import { dbmate } from '../../tooling/lib/postgres/dbmate.ts'

const test = suite('tls')
const openssl = await which('openssl', { nothrow: true })

test('a server without TLS is named, when TLS was asked for', async () => {
  const failure = await failureOf((socket) => socket.write('N'))
  assert.match(failure.fact, /^The server does not support TLS \(xmonitor on 127\.0\.0\.1:\d+ as me\): /)
  assert.equal(failure.next, 'Set sslmode=disable in DATABASE_URL if you trust the network.')
})

if (openssl) {
  test('a certificate that nobody known has signed is refused, with what to do', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'xmonitor-tls-'))
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
    await $({
      quiet: true,
    })`openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=127.0.0.1 -keyout ${key} -out ${cert}`
    const answer = (socket: Socket) => {
      socket.write('S')
      const secured = new TLSSocket(socket, { isServer: true, key: readFileSync(key), cert: readFileSync(cert) })
      secured.on('error', () => {})
    }
    const failure = await failureOf(answer)
    assert.ok(failure.fact.includes("The server's certificate is not trusted"))
    assert.ok(failure.next.includes('sslrootcert=FILE'))
    const ofDbmate = await failureOf(answer, async () => dbmate(['status'], await readAddress()))
    assert.match(ofDbmate.fact, /^dbmate: .*x509/)
    assert.ok(ofDbmate.next.includes('sslrootcert=FILE'))
    rmSync(folder, { recursive: true })
  })
} else {
  console.log('skipped: no openssl here, which makes the certificate')
  test.skip('a certificate that nobody known has signed is refused, with what to do')
}

test.run()

/** What a client is told by a server that answers the request for TLS like this. */
async function failureOf(
  answer: (socket: Socket) => void,
  ask: () => Promise<unknown> = () => withTransaction(async () => {}),
): Promise<Failure> {
  const server: Server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => answer(socket))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as { port: number }
  process.env.DATABASE_URL = `postgres://me@127.0.0.1:${port}/xmonitor?sslmode=verify-full`
  try {
    await ask()
  } catch (error) {
    assert.ok(error instanceof Failure)
    return error as Failure
  } finally {
    server.close()
  }
  throw new Error('it connected')
}
