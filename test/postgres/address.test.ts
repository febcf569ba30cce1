import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type pg from 'pg'
import { suite } from 'uvu'
import { type Address, dbmateUrl, describeAddress, readAddress } from '../../tooling/lib/postgres/address.ts'
import { withTransaction } from '../../tooling/lib/postgres/database.ts'
import { dbmate } from '../../tooling/lib/postgres/dbmate.ts'
import { run } from '../move/support.ts'
import { freshDatabase, throwawayServer } from '../support/database.ts'

const test = suite('the address of the database')
const folder = mkdtempSync(join(tmpdir(), 'xmonitor-address-'))
const [service, passwords, cert] = ['service.conf', 'pgpass', 'root.pem'].map((name) => join(folder, name))
writeFileSync(
  service!,
  '# of this test\n[here]\nhost=service.example\nuser=sam\ndbname=feed\n\n[there]\nhost=other.example\n',
)
writeFileSync(passwords!, 'pw.example:5432:*:ann:from the file\n', { mode: 0o600 })
writeFileSync(cert!, '')
test.after(() => rmSync(folder, { recursive: true }))

const URL_OF_ANN = 'postgres://ann:secret@db.example:5433/x'

const CASES: [title: string, env: Record<string, string>, expected: Partial<Address>][] = [
  [
    'a plain URL',
    { DATABASE_URL: URL_OF_ANN },
    { host: 'db.example', port: 5433, database: 'x', user: 'ann', password: 'secret' },
  ],
  [
    'no sslmode: TLS if the server has it',
    { DATABASE_URL: URL_OF_ANN },
    { tls: { mode: 'prefer', cert: undefined, key: undefined } },
  ],
  [
    'encoded parts',
    { DATABASE_URL: 'postgresql://a%40b:p%23%2F+@h/d%20b' },
    { user: 'a@b', password: 'p#/+', database: 'd b', port: 5432 },
  ],
  [
    'parameters override',
    { DATABASE_URL: `${URL_OF_ANN}?host=h2&port=1&dbname=y&user=bob` },
    { host: 'h2', port: 1, database: 'y', user: 'bob' },
  ],
  ['an IPv6 address', { DATABASE_URL: 'postgres://ann@[::1]:5/x' }, { host: '::1', port: 5 }],
  [
    'a socket as a host',
    { DATABASE_URL: 'postgres://ann@%2Frun%2Fpg:5/x' },
    { host: '/run/pg', port: 5, tls: { mode: 'disable' } },
  ],
  ['a socket as a parameter', { DATABASE_URL: 'postgres://ann@/x?host=/run/pg' }, { host: '/run/pg', port: 5432 }],
  [
    'a socket as a variable',
    { PGHOST: '/run/pg', PGDATABASE: 'x', PGUSER: 'ann' },
    { host: '/run/pg', database: 'x', user: 'ann' },
  ],
  [
    'variables alone',
    { PGHOST: 'h', PGPORT: '7', PGUSER: 'ann', PGPASSWORD: 'p' },
    { host: 'h', port: 7, database: 'ann', password: 'p' },
  ],
  [
    'variables for what the URL leaves out',
    { DATABASE_URL: 'postgres://db.example/x', PGUSER: 'ann', PGHOST: 'no' },
    { host: 'db.example', user: 'ann' },
  ],
  ['PGHOSTADDR', { DATABASE_URL: URL_OF_ANN, PGHOSTADDR: '10.0.0.1' }, { host: 'db.example', hostaddr: '10.0.0.1' }],
  [
    'a service',
    { DATABASE_URL: 'postgres:///?service=here', PGSERVICEFILE: service! },
    { host: 'service.example', user: 'sam', database: 'feed' },
  ],
  [
    'PGSERVICE after the URL, before variables',
    { DATABASE_URL: 'postgres:///x', PGSERVICE: 'here', PGSERVICEFILE: service!, PGUSER: 'no' },
    { user: 'sam', database: 'x' },
  ],
  [
    'what other clients write',
    { DATABASE_URL: `${URL_OF_ANN}?pgbouncer=true&connection_limit=1&schema=public&client_encoding=latin1` },
    { database: 'x' },
  ],
  [
    'channel binding',
    { DATABASE_URL: `${URL_OF_ANN}?sslmode=require&channel_binding=require` },
    { channelBinding: true },
  ],
  ['options', { DATABASE_URL: URL_OF_ANN, PGOPTIONS: '-c jit=off' }, { options: '-c jit=off' }],
  [
    'verify-full',
    { DATABASE_URL: `${URL_OF_ANN}?sslmode=verify-full`, PGSSLROOTCERT: cert! },
    { tls: { mode: 'verify-full', rootCert: cert!, cert: undefined, key: undefined } },
  ],
  [
    'require with a certificate verifies',
    { DATABASE_URL: `${URL_OF_ANN}?sslmode=require&sslrootcert=${cert}` },
    { tls: { mode: 'verify-ca', rootCert: cert!, cert: undefined, key: undefined } },
  ],
  [
    'no-verify does not',
    { DATABASE_URL: `${URL_OF_ANN}?sslmode=no-verify` },
    { tls: { mode: 'require', cert: undefined, key: undefined } },
  ],
]

for (const [title, env, expected] of CASES)
  test(title, async () => {
    const address = (await readAddress(env)) as Record<string, unknown>
    assert.deepEqual(Object.fromEntries(Object.keys(expected).map((name) => [name, address[name]])), expected)
  })

test('the password is read from the password file', async () => {
  const { PGPASSFILE, PGPASSWORD } = process.env
  delete process.env.PGPASSWORD
  process.env.PGPASSFILE = passwords!
  assert.equal((await readAddress({ DATABASE_URL: 'postgres://ann@pw.example/x' })).password, 'from the file')
  assert.equal((await readAddress({ DATABASE_URL: 'postgres://bob@pw.example/x' })).password, undefined)
  restore({ PGPASSFILE, PGPASSWORD })
})

const REFUSED: [env: Record<string, string>, fact: RegExp][] = [
  [{}, /^No database configured\.$/],
  [{ DATABASE_URL: 'postgres://ann@db.example' }, /does not name a database/],
  [{ DATABASE_URL: 'host=db.example dbname=x' }, /is not a Postgres URL/],
  [{ DATABASE_URL: 'postgres://ann:123?secret@db.example/x' }, /^DATABASE_URL is not a Postgres URL\.$/],
  [{ DATABASE_URL: `${URL_OF_ANN}?sslmod=require` }, /^DATABASE_URL has the unsupported parameter 'sslmod'\.$/],
  [{ DATABASE_URL: `${URL_OF_ANN}?requirepeer=postgres` }, /unsupported parameter 'requirepeer'/],
  [{ DATABASE_URL: `${URL_OF_ANN}?sslmode=strict` }, /^Invalid sslmode 'strict'\.$/],
  [
    { DATABASE_URL: `${URL_OF_ANN}?sslmode=verify-ca&sslrootcert=/none` },
    /^The file of sslrootcert does not exist: \/none\.$/,
  ],
  [{ DATABASE_URL: `${URL_OF_ANN}?sslmode=verify-ca` }, /^sslmode=verify-ca needs sslrootcert/],
  [{ DATABASE_URL: `${URL_OF_ANN}?sslmode=require&sslrootcert=system` }, /^sslmode=require needs sslrootcert/],
  [{ DATABASE_URL: 'postgres://ann@a,b/x' }, /several hosts/],
  [{ DATABASE_URL: `${URL_OF_ANN}?port=70000` }, /^Invalid port '70000'\.$/],
  [{ PGSERVICE: 'nowhere', PGSERVICEFILE: service! }, /^The service 'nowhere' is not in /],
]

test('invalid or unsupported settings are rejected before anything is changed', async () => {
  for (const [env, fact] of REFUSED)
    await assert.rejects(readAddress(env), (error: Error & { fact: string; exitCode: number }) => {
      assert.match(error.fact, fact)
      assert.ok(!error.message.includes('secret'))
      return error.exitCode === 2
    })
})

test('dbmate gets the full URL, and messages name the host that is really used', async () => {
  const address = await readAddress({ DATABASE_URL: `${URL_OF_ANN}?sslmode=disable`, PGHOSTADDR: '10.0.0.1' })
  const url = new URL(dbmateUrl(address, { statement_timeout: '0' }))
  assert.deepEqual([url.username, url.password, url.port, url.pathname], ['ann', 'secret', '5433', '/x'])
  assert.deepEqual(Object.fromEntries(url.searchParams), {
    host: 'db.example',
    hostaddr: '10.0.0.1',
    sslmode: 'disable',
    connect_timeout: '10',
    application_name: 'xmonitor',
    statement_timeout: '0',
  })
  assert.equal(describeAddress(address), 'x on db.example (10.0.0.1):5433')
})

test('pg and dbmate reach the same database, whatever else the environment has', async () => {
  const db = await freshDatabase({ migrated: false })
  const { hostname, port, username, password, pathname } = new URL(db.url)
  const login = `${username}:${password}`
  const shell = {
    PGCLIENTENCODING: 'LATIN1',
    PGSSLROOTCERT: cert!,
    PGTZ: 'Asia/Tokyo',
    PGCHANNELBINDING: 'prefer',
    PGDATESTYLE: 'German',
    PGGSSENCMODE: 'prefer',
  }
  const cases: Record<string, string>[] = [
    { DATABASE_URL: `postgres://${login}@no.invalid:${port}${pathname}?sslmode=disable`, PGHOSTADDR: hostname },
    {
      DATABASE_URL: `postgres://${login}@${hostname}:${port}${pathname}?pgbouncer=true`,
      PGHOST: 'no.invalid',
      PGPORT: '1',
    },
    {
      PGHOST: hostname,
      PGPORT: port,
      PGUSER: username,
      PGPASSWORD: password,
      PGDATABASE: pathname.slice(1),
      PGSSLMODE: 'allow',
    },
  ]
  for (const env of cases) {
    for (const command of ['db-up', 'db-status']) {
      const { code, stderr } = await run(command, [], { env: { ...shell, ...env } })
      assert.equal(code, 0, stderr)
      assert.doesNotMatch(stderr, /warning/i)
    }
    assert.equal((await db.query('select * from public.schema_migrations')).length > 40, true)
  }
  await db.drop()
})

test('a Unix socket works in every notation', async () => {
  const sockets = join(folder, 'sockets')
  mkdirSync(sockets)
  // As root, the server runs as another user.
  chmodSync(folder, 0o711)
  chmodSync(sockets, 0o777)
  const server = await throwawayServer({ unix_socket_directories: sockets })
  const { port, username, password } = new URL(server.url)
  const login = `${username}:${password}`
  const forms = [
    { DATABASE_URL: `postgres://${login}@${encodeURIComponent(sockets)}:${port}/postgres` },
    { DATABASE_URL: `postgres://${login}@/postgres?host=${sockets}&port=${port}` },
    { PGHOST: sockets, PGPORT: port, PGUSER: username, PGPASSWORD: password, PGDATABASE: 'postgres' },
  ]
  for (const env of forms) {
    const address = await readAddress(env)
    const ask = async (db: pg.Client) => (await db.query('select inet_server_addr() as address')).rows
    assert.deepEqual(await withTransaction(ask, { address }), [{ address: null }])
    assert.match(await dbmate(['status'], address), /^Applied: 0$/m)
  }
  await server.stop()
})

test.run()

function restore(variables: Record<string, string | undefined>): void {
  for (const [name, value] of Object.entries(variables))
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
}
