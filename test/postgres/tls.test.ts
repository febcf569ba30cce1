import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, copyFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { suite } from 'uvu'
import { parseAddress } from '../../tooling/lib/postgres/address.ts'
import { withTransaction } from '../../tooling/lib/postgres/database.ts'
import { dbmate } from '../../tooling/lib/postgres/dbmate.ts'
import { freshDatabase, throwawayServer } from '../support/database.ts'

const hasOpenssl = spawnSync('openssl', ['version']).status === 0
if (!hasOpenssl) console.log('skipped: openssl, which makes the certificates, is not installed')

const test = suite('TLS')
const check = hasOpenssl ? test : test.skip
const folder = mkdtempSync(join(tmpdir(), 'xmonitor-tls-'))
const [ours, theirs] = [join(folder, 'ours.pem'), join(folder, 'theirs.pem')]
let server: Awaited<ReturnType<typeof throwawayServer>>
let admin: pg.Client

test.before(async () => {
  server = await throwawayServer()
  admin = new pg.Client({ connectionString: server.url })
  await admin.connect()
  if (hasOpenssl) await requireTls()
})
test.after(async () => {
  await admin.end()
  await server.stop()
  rmSync(folder, { recursive: true })
})

const ACCEPTED: [host: string, parameters: string][] = [
  ['localhost', ''],
  ['localhost', 'sslmode=prefer'],
  ['localhost', 'sslmode=allow'],
  ['localhost', 'sslmode=require'],
  ['localhost', 'sslmode=no-verify'],
  ['127.0.0.1', `sslmode=require&sslrootcert=${ours}`],
  ['127.0.0.1', `sslmode=verify-ca&sslrootcert=${ours}`],
  ['localhost', `sslmode=verify-full&sslrootcert=${ours}`],
  ['localhost', `sslmode=verify-full&sslrootcert=${ours}&hostaddr=127.0.0.1`],
]

check('each sslmode means the same to pg and to dbmate, and encrypts', async () => {
  for (const [host, parameters] of ACCEPTED) {
    const address = await parseAddress(url(host, parameters))
    const sessions = async (db: pg.Client) =>
      (await db.query('select ssl from pg_stat_ssl where pid = pg_backend_pid()')).rows
    assert.deepEqual(await withTransaction(sessions, { address }), [{ ssl: true }], parameters)
    assert.match(await dbmate(['status'], address), /^Applied: 0$/m, parameters)
  }
})

const REFUSED: [host: string, parameters: string, fact: string, ofDbmate: RegExp][] = [
  ['localhost', 'sslmode=disable', 'The server rejects unencrypted connections from here', /no encryption/],
  ['127.0.0.1', `sslmode=verify-full&sslrootcert=${ours}`, "The server's certificate is for another host name", /x509/],
  ['localhost', `sslmode=verify-full&sslrootcert=${theirs}`, "The server's certificate is not trusted", /x509/],
  ['localhost', `sslmode=require&sslrootcert=${theirs}`, "The server's certificate is not trusted", /x509/],
  ['localhost', 'sslmode=verify-full', "The server's certificate is not trusted", /x509/],
]

check('each TLS failure has its own message, and both drivers refuse', async () => {
  for (const [host, parameters, fact, ofDbmate] of REFUSED) {
    const address = await parseAddress(url(host, parameters))
    const error = await failureOf(withTransaction(async () => {}, { address }))
    assert.ok(error.startsWith(`${fact} (postgres on ${host}`), `${parameters}: ${error}`)
    assert.match(await failureOf(dbmate(['status'], address)), ofDbmate, parameters)
  }
})

test('a server without TLS: prefer continues unencrypted, require fails and says why', async () => {
  const plain = await freshDatabase({ migrated: false })
  for (const mode of ['prefer', 'allow']) {
    const address = await parseAddress(plain.url.replace('sslmode=disable', `sslmode=${mode}`))
    await withTransaction(async () => {}, { address })
    assert.match(await dbmate(['status'], address), /^Applied: 0$/m)
  }
  const address = await parseAddress(plain.url.replace('sslmode=disable', 'sslmode=require'))
  assert.match(
    await failureOf(withTransaction(async () => {}, { address })),
    /^The server does not support TLS \(.*\n {2}Set sslmode=disable in DATABASE_URL if you trust the network\.$/s,
  )
  assert.match(await failureOf(dbmate(['status'], address)), /SSL is not enabled on the server.*sslmode=disable/s)
  await plain.drop()
})

test.run()

function url(host: string, parameters: string): string {
  const address = new URL(server.url)
  address.hostname = host
  address.search = parameters
  return address.href
}

function failureOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'it did not fail',
    (error: Error) => error.message,
  )
}

/** Gives the server a certificate for localhost, signed by a test CA, and makes it accept only TLS. */
async function requireTls(): Promise<void> {
  openssl(
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '2',
    '-subj',
    '/CN=ours',
    '-keyout',
    'ours.key',
    '-out',
    ours,
  )
  openssl(
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-days',
    '2',
    '-subj',
    '/CN=theirs',
    '-keyout',
    'theirs.key',
    '-out',
    theirs,
  )
  openssl(
    'req',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-subj',
    '/CN=localhost',
    '-keyout',
    'server.key',
    '-out',
    'server.csr',
  )
  writeFileSync(join(folder, 'names'), 'subjectAltName=DNS:localhost')
  openssl(
    'x509',
    '-req',
    '-in',
    'server.csr',
    '-CA',
    ours,
    '-CAkey',
    'ours.key',
    '-CAcreateserial',
    '-days',
    '2',
    '-extfile',
    'names',
    '-out',
    'server.pem',
  )

  const [{ data_directory: data }] = (await admin.query('show data_directory')).rows
  const { uid, gid } = statSync(data)
  for (const name of ['server.key', 'server.pem']) {
    copyFileSync(join(folder, name), join(data, name))
    chmodSync(join(data, name), 0o600)
    chownSync(join(data, name), uid, gid)
  }
  writeFileSync(join(data, 'pg_hba.conf'), 'hostssl all all all scram-sha-256\n')
  await admin.query("alter system set ssl_key_file = 'server.key'")
  await admin.query("alter system set ssl_cert_file = 'server.pem'")
  await admin.query("alter system set ssl = 'on'")
  await admin.query('select pg_reload_conf()')
  const address = await parseAddress(url('localhost', 'sslmode=require'))
  for (let tries = 0; tries < 100; tries++)
    try {
      return await withTransaction(async () => {}, { address })
    } catch {
      await sleep(50)
    }
}

function openssl(...args: string[]): void {
  const { status, stderr } = spawnSync('openssl', args, { cwd: folder, encoding: 'utf8' })
  assert.equal(status, 0, stderr)
}
