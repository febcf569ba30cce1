import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseEnv } from 'node:util'
import { unzipSync } from 'fflate'
import pg from 'pg'
import { test } from 'uvu'
import { parse } from 'yaml'
import { $ } from 'zx'
import { makeToken } from '../../tooling/lib/api/token.ts'
import { packedSource } from '../../tooling/lib/cloud/source.ts'
import { exportSnapshot } from '../../tooling/lib/move/export.ts'
import { takeSnapshot } from '../../tooling/lib/move/snapshot.ts'
import { scramVerifier } from '../../tooling/lib/postgres/scram.ts'
import { freePort } from '../../tooling/lib/processes.ts'
import { generate } from '../../tooling/lib/samples/generate.ts'
import { ENGINES } from '../support/api.ts'
import { throwawayServer } from '../support/database.ts'
import { startCloud } from './fake/aws.ts'
import type { Cloud } from './fake/types.ts'
import { capture } from './support.ts'

// What CodeBuild runs, run here: the buildspecs' own commands on the source as it is uploaded, against a real Postgres, as
// an owner who is not a superuser, as on RDS. Only S3 is a folder.

const OWNER = 'the/password of@the:owner'
const PASSWORD = 'a-password-of-the-authenticator'
const POSTS = 200

const dir = mkdtempSync(join(tmpdir(), 'xmonitor-runner-'))
let cloud: Cloud
let server: Awaited<ReturnType<typeof throwawayServer>>
let bucket: string
/** The key of the packed dependencies, which says their digest. */
let dependencies: string

test.before(async () => {
  cloud = await startCloud()
  bucket = join(cloud.dir, 's3/the-bucket')
  server = await throwawayServer()
  await encrypt()
  await ask(server.url, `create role owner login createrole createdb password '${OWNER}'`)
  await ask(server.url, 'create database xmonitor owner owner')

  // The dependencies as they are installed here, in place of those that npm ci would bring.
  mkdirSync(join(bucket, 'dependencies'), { recursive: true })
  await $({
    cwd: dir,
    quiet: true,
  })`ln -s ${resolve('node_modules')} node_modules && tar -czf dependencies.tgz node_modules`
  const packed = join(dir, 'dependencies.tgz')
  dependencies = `dependencies/${createHash('sha256').update(readFileSync(packed)).digest('hex')}.tgz`
  copyFileSync(packed, join(bucket, dependencies))
})

test.after(async () => {
  await server.stop()
  await cloud.stop()
  rmSync(dir, { recursive: true, force: true })
})

/** TLS under a certificate of our own, as RDS has one of AWS's; the runner's variables ask for it. */
let tls: Record<string, string> = { PGHOST: '127.0.0.1', PGSSLMODE: 'disable' }

function certificate(name: string) {
  const place = ['-keyout', `${name}.key`, '-out', `${name}.pem`]
  const kind = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2']
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost']
  return $({ cwd: dir, quiet: true, nothrow: true })`openssl req ${[...kind, ...subject, ...place]}`
}

async function encrypt(): Promise<void> {
  const made = await certificate('tls')
  if (made.exitCode !== 0) {
    console.log('skipped: without openssl the connections of this file are not encrypted')
    return
  }
  const [{ data_directory }] = await ask(server.url, 'show data_directory')
  const { uid, gid } = statSync(data_directory)
  for (const name of ['tls.key', 'tls.pem']) {
    copyFileSync(join(dir, name), join(data_directory, name))
    chmodSync(join(data_directory, name), 0o600)
    chownSync(join(data_directory, name), uid, gid)
  }
  for (const [setting, value] of Object.entries({ ssl_key_file: 'tls.key', ssl_cert_file: 'tls.pem', ssl: 'on' }))
    await ask(server.url, `alter system set ${setting} = '${value}'`)
  await ask(server.url, 'select pg_reload_conf()')
  // The server reads them when it gets there; connections that begin then are encrypted.
  for (const end = Date.now() + 20_000; (await ask(server.url, 'show ssl'))[0].ssl !== 'on'; await sleep(20))
    assert.ok(Date.now() < end, 'the server did not begin to encrypt')
  const pem = join(dir, 'tls.pem')
  tls = { PGHOST: 'localhost', PGSSLMODE: 'verify-full', PGSSLROOTCERT: pem, NODE_EXTRA_CA_CERTS: pem }
}

async function ask(url: string, text: string) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const results = [await client.query(text)].flat()
    return results.at(-1)!.rows
  } finally {
    await client.end()
  }
}

/** Runs a buildspec as CodeBuild does: a phase ends at its first failure, post_build follows a failed build too. */
async function build(name: string, variables: Record<string, string>): Promise<{ code: number; printed: string }> {
  const work = mkdtempSync(join(dir, 'source-'))
  for (const [file, content] of Object.entries(unzipSync(await packedSource()))) {
    mkdirSync(dirname(join(work, file)), { recursive: true })
    writeFileSync(join(work, file), content)
  }
  const { phases } = parse(readFileSync(join(work, 'infra/buildspec', name), 'utf8'))
  const commands = (phase: string): string => (phases[phase]?.commands ?? []).join('\n')
  const { port } = new URL(server.url)
  const bin = join(dir, 'bin')
  mkdirSync(bin, { recursive: true })
  copyFileSync(join(cloud.dir, 'bin/aws'), join(bin, 'aws'))
  chmodSync(join(bin, 'aws'), 0o755)
  const script = `set -e\n${commands('pre_build')}\nset +e\n(set -e\n${commands('build')}\n)\ncode=$?\nset -e\n${commands('post_build')}\nexit $code\n`
  return new Promise((resolve) => {
    const child = spawn('bash', ['-c', script], {
      cwd: work,
      // Not a socket: bash would take itself for a remote shell and read the startup files.
      stdio: ['ignore', 'pipe', 'pipe'],
      // Without the fake npm; nothing else of this process's environment has a say.
      env: {
        PATH: [bin, ...process.env.PATH!.split(delimiter).slice(1)].join(delimiter),
        HOME: process.env.HOME,
        BUCKET: 'the-bucket',
        DEPENDENCIES: dependencies,
        PGPORT: port,
        PGDATABASE: 'xmonitor',
        PGUSER: 'owner',
        PGPASSWORD: OWNER,
        ...tls,
        AUTHENTICATOR_PASSWORD: PASSWORD,
        ...variables,
      },
    })
    let printed = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        printed += text
      })
    child.on('close', (code) => resolve({ code: code ?? 1, printed }))
  })
}

/** What npm run cloud:migrate uploads. */
async function upload(move: string, posts: number): Promise<string> {
  const folder = join(bucket, 'moves', move, 'in')
  generate({ file: join(dir, `${move}.db`), posts, embeddings: 20, rejects: true })
  await capture(async () => {
    const { path } = await takeSnapshot(join(dir, `${move}.db`), folder)
    await exportSnapshot(path, join(folder, 'export'))
  })
  return folder
}

function databaseOf(name: string): string {
  const url = new URL(server.url)
  url.pathname = `/${name}`
  return url.href
}

test('migrate.yml brings an empty database of RDS up to date and sets the password of authenticator', async () => {
  const { code, printed } = await build('migrate.yml', {})
  assert.equal(code, 0, printed)
  assert.deepEqual(await ask(databaseOf('xmonitor'), 'select count(*)::int from api.feed'), [{ count: 0 }])
  const login = new URL(databaseOf('xmonitor'))
  Object.assign(login, { username: 'authenticator', password: PASSWORD })
  assert.deepEqual(await ask(login.href, 'set role web_anon; select status_id from api.feed'), [])
  login.password = 'another'
  const refused = await ask(login.href, 'select 1').catch((error) => error.code)
  assert.equal(refused, '28P01')
  for (const secret of [OWNER, PASSWORD]) assert.ok(!printed.includes(secret))
})

test('the verifier is the one that Postgres itself makes of a password', async () => {
  await ask(
    server.url,
    "set password_encryption = 'scram-sha-256'; create role somebody password 'correct horse battery'",
  )
  const [{ rolpassword }] = await ask(server.url, "select rolpassword from pg_authid where rolname = 'somebody'")
  const salt = Buffer.from(rolpassword.split(/[:$]/)[2], 'base64')
  assert.equal(scramVerifier('correct horse battery', salt), rolpassword)
})

test('a second migration finds nothing to do', async () => {
  const { code, printed } = await build('migrate.yml', {})
  assert.equal(code, 0, printed)
  assert.ok(printed.includes('The database is up to date.'))
})

test('a second login takes over with the rights and the settings of the first, which goes on', async () => {
  const other = 'another-password-of-the-second-login'
  for (const login of ['authenticator_b', 'authenticator_b']) {
    const { code, printed } = await build('migrate.yml', { AUTHENTICATOR_LOGIN: login, AUTHENTICATOR_PASSWORD: other })
    assert.equal(code, 0, printed)
    assert.ok(printed.includes('Set the password of authenticator_b.'))
  }
  for (const [user, password] of [
    ['authenticator', PASSWORD],
    ['authenticator_b', other],
  ] as const) {
    const login = new URL(databaseOf('xmonitor'))
    Object.assign(login, { username: user, password })
    const rows = await ask(login.href, 'set role web_anon; select count(*)::int from api.feed')
    assert.deepEqual(rows, [{ count: 0 }], user)
  }
  const facts = (role: string) =>
    ask(
      server.url,
      `select rolconfig, rolcanlogin, rolinherit,
         array(select roleid::regrole::text from pg_auth_members where member = pg_roles.oid order by 1) as roles
       from pg_roles where rolname = '${role}'`,
    )
  assert.deepEqual(await facts('authenticator_b'), await facts('authenticator'))
  const wrong = await build('migrate.yml', { AUTHENTICATOR_LOGIN: 'postgres' })
  assert.ok(wrong.printed.includes("Invalid AUTHENTICATOR_LOGIN 'postgres'."))
})

const POSTGREST = ENGINES.includes('binary') ? process.env.POSTGREST_BIN || 'postgrest' : undefined

;(POSTGREST ? test : test.skip)(
  'PostgREST makes the database prove itself, and takes tokens of either key',
  async () => {
    if (tls.PGSSLMODE !== 'verify-full') return
    const keys = ['1', '2'].map((kid) => ({ kid, kty: 'oct', alg: 'HS256', k: `${kid}Abc`.repeat(16) }))
    const secret = JSON.stringify({ versions: '1.1', keys })
    const env = {
      ...parseEnv(readFileSync('infra/postgrest.env', 'utf8')),
      PGRST_DB_URI: 'postgresql://',
      PGRST_SERVER_HOST: '127.0.0.1',
      PGRST_SERVER_PORT: String(await freePort()),
      PGRST_ADMIN_SERVER_PORT: String(await freePort()),
      PGRST_JWT_SECRET: secret,
      PGHOST: 'localhost',
      PGPORT: new URL(server.url).port,
      PGDATABASE: 'xmonitor',
      PGUSER: 'authenticator',
      PGPASSWORD: PASSWORD,
      PGSSLMODE: 'require',
      PGCHANNELBINDING: 'require',
    }
    const running = async (more: object, work: (url: string) => Promise<void>) => {
      const child = spawn(POSTGREST!, { env: { PATH: process.env.PATH, ...env, ...more } as NodeJS.ProcessEnv })
      let printed = ''
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (text: string) => {
          printed += text
        })
      const ready = `http://127.0.0.1:${env.PGRST_ADMIN_SERVER_PORT}/ready`
      try {
        for (
          const end = Date.now() + 20_000;
          !(await fetch(ready).then(
            ({ ok }) => ok,
            () => false,
          ));
          await sleep(50)
        )
          if (Date.now() > end || /channel binding/.test(printed)) return printed
        await work(`http://127.0.0.1:${env.PGRST_SERVER_PORT}`)
        return printed
      } finally {
        const ended = new Promise((resolve) => child.once('exit', resolve))
        child.kill()
        await ended
      }
    }
    const statuses: number[] = []
    await running({}, async (url) => {
      for (const kid of ['1', '2', undefined]) {
        const { token } = await makeToken({ role: 'ingest', ttl: '5m', secret, kid })
        const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
        statuses.push(
          (await fetch(`${url}/rpc/ingest_posts`, { method: 'POST', headers, body: '{"items": []}' })).status,
        )
      }
      const { token } = await makeToken({ role: 'ingest', ttl: '5m', secret: secret.replaceAll('Abc', 'Xyz') })
      statuses.push((await fetch(`${url}/posts?limit=1`, { headers: { authorization: `Bearer ${token}` } })).status)
    })
    assert.deepEqual(statuses, [200, 200, 200, 401])
    const refused = await running({ PGSSLMODE: 'disable' }, async () => assert.fail('it took a connection without TLS'))
    assert.match(refused, /channel binding required, but SSL not in use/)
  },
)

test('a server whose certificate is not the expected one is not talked to', async () => {
  if (tls.PGSSLMODE !== 'verify-full') return
  await certificate('other')
  const other = join(dir, 'other.pem')
  const { code, printed } = await build('migrate.yml', { PGSSLROOTCERT: other, NODE_EXTRA_CA_CERTS: other })
  assert.notDeepEqual(code, 0)
  assert.match(printed, /certificate/)
})

test('without a usable password migrate.yml fails and says which variable', async () => {
  const { code, printed } = await build('migrate.yml', { AUTHENTICATOR_PASSWORD: 'short' })
  assert.notDeepEqual(code, 0)
  assert.ok(printed.includes('AUTHENTICATOR_PASSWORD must have at least 16 printable ASCII characters.'))
  assert.ok(!printed.includes('short'))
})

test('move.yml imports, validates and leaves its reports', async () => {
  await upload('one', POSTS)
  const { code, printed } = await build('move.yml', { MOVE: 'one' })
  assert.equal(code, 0, printed)
  const reports = join(bucket, 'moves/one/reports')
  const { ok } = JSON.parse(readFileSync(join(reports, 'validation.json'), 'utf8'))
  assert.equal(ok, true)
  assert.ok(existsSync(join(reports, 'validation.html')) && existsSync(join(reports, 'import.txt')))
  const [{ count }] = await ask(databaseOf('xmonitor'), 'select count(*)::int from public.posts')
  assert.ok(count > POSTS / 2 && count <= POSTS, `${count} posts`)
})

test('an export that was changed on its way is refused, and the reports still come back', async () => {
  const folder = await upload('two', 50)
  const file = join(folder, 'export/reports.jsonl')
  writeFileSync(file, `${readFileSync(file, 'utf8')}\n`)
  const { code, printed } = await build('move.yml', { MOVE: 'two' })
  assert.notDeepEqual(code, 0)
  assert.ok(printed.includes('reports.jsonl'))
  assert.ok(existsSync(join(bucket, 'moves/two/reports/import.txt')))
})

test('dependencies that someone replaced in the bucket are not even unpacked', async () => {
  const other = dependencies.replace(/\w{64}/, (digest) => digest.replace(/./g, '0'))
  copyFileSync(join(bucket, dependencies), join(bucket, other))
  for (const [name, variables] of [
    ['migrate.yml', {}],
    ['move.yml', { MOVE: 'one' }],
  ] as const) {
    const { code, printed } = await build(name, { DEPENDENCIES: other, ...variables })
    assert.notEqual(code, 0)
    assert.match(printed, /dependencies\.tgz: FAILED/)
    assert.doesNotMatch(printed, /npm|node_modules/)
  }
})

test('the buildspecs name files that exist and commands that package.json has', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'))
  for (const name of ['dependencies.yml', 'migrate.yml', 'move.yml']) {
    const { version, phases } = parse(readFileSync(join('infra/buildspec', name), 'utf8'))
    assert.equal(version, 0.2)
    assert.deepEqual(phases.install, { 'runtime-versions': { nodejs: 22 } })
    for (const [, script] of JSON.stringify(phases).matchAll(/npm run (?:-s )?([\w:]+)/g))
      assert.ok(scripts[script!], script)
  }
})

test.run()
