import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { resolve } from 'node:path'
import { decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose'
import { suite } from 'uvu'
import { PROJECT } from '../../tooling/lib/project.ts'
import { type Api, ENGINES, SECRET, sign, startApi } from '../support/api.ts'

const NOW = Math.floor(Date.now() / 1000)
const HOUR = 3_600

for (const engine of ENGINES) {
  const tokens = suite(`tokens, ${engine}`, {} as { api: Api })

  tokens.before(async (context) => {
    context.api = await startApi(engine)
  })

  tokens.after(async ({ api }) => {
    await api?.stop()
  })

  const write = async (api: Api, token: string) => {
    const response = await fetch(`${api.target.api}/rpc/ingest_posts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', Authorization: `Bearer ${token}` },
      body: '{"items": []}',
    })
    const body = (await response.json()) as { code?: string; message?: string; hint?: string }
    return { status: response.status, body, challenge: response.headers.get('www-authenticate') }
  }

  tokens('a token of npm run token is accepted for writing and reading', async ({ api }) => {
    const made = run(['--role', 'ingest', '--ttl', '15m'])
    assert.equal(made.status, 0, made.stderr)
    const token = made.stdout.trim()
    assert.equal((await write(api, token)).status, 200)
    const read = await fetch(`${api.target.api}/rpc/feed?limit=1`, { headers: { Authorization: `Bearer ${token}` } })
    assert.equal(read.status, 200)
    // What a token reads is private: no cache may store it.
    assert.equal(read.headers.get('cache-control'), 'private, no-store')
    assert.match(read.headers.get('vary') ?? '', /Authorization/)
  })

  const REFUSED: [what: string, token: () => Promise<string> | string, status: number, code: RegExp][] = [
    ['without exp', () => sign({ role: 'ingest' }), 401, /^PT401$/],
    ['without exp for web_anon', () => sign({ role: 'web_anon' }), 401, /^PT401$/],
    ['without anything in it', () => sign({}), 401, /^PT401$/],
    ['with exp of null', () => sign({ role: 'ingest', exp: null }), 401, /^PT401$/],
    ['expired', () => sign({ role: 'ingest', exp: NOW - HOUR }), 401, /^PGRST303$/],
    ['not valid yet', () => sign({ role: 'ingest', exp: NOW + HOUR, nbf: NOW + HOUR / 2 }), 401, /^PGRST303$/],
    ['issued in the future', () => sign({ role: 'ingest', exp: NOW + HOUR, iat: NOW + HOUR / 2 }), 401, /^PGRST303$/],
    ['with an exp that is text', () => sign({ role: 'ingest', exp: String(NOW + HOUR) }), 401, /^PGRST303$/],
    [
      'signed with another secret',
      () => sign({ role: 'ingest', exp: NOW + HOUR }, { secret: `${SECRET}!` }),
      401,
      /^PGRST301$/,
    ],
    [
      'signed with another algorithm',
      () => sign({ role: 'ingest', exp: NOW + HOUR }, { alg: 'HS512' }),
      401,
      /^PGRST301$/,
    ],
    ['signed with none', () => unsigned({ role: 'ingest', exp: NOW + HOUR }), 401, /^PGRST301$/],
    ['changed in transit', async () => changed(await sign({ role: 'web_anon', exp: NOW + HOUR })), 401, /^PGRST301$/],
    ['that is not a token', () => 'nonsense', 401, /^PGRST301$/],
    ['for web_anon', () => sign({ role: 'web_anon', exp: NOW + HOUR }), 401, /^42501$/],
    ['for authenticator itself', () => sign({ role: 'authenticator', exp: NOW + HOUR }), 403, /^42501$/],
    ['for the owner', () => sign({ role: 'postgres', exp: NOW + HOUR }), 403, /^42501$/],
    ['for an unknown role', () => sign({ role: 'nobody', exp: NOW + HOUR }), 401, /^(22023|PGRST\d+)$/],
    ['without a role', () => sign({ exp: NOW + HOUR }), 401, /^42501$/],
  ]
  for (const [what, token, status, code] of REFUSED)
    tokens(`a token ${what} writes nothing`, async ({ api }) => {
      const refused = await write(api, await token())
      assert.equal(refused.status, status, JSON.stringify(refused))
      assert.match(refused.body.code!, code, JSON.stringify(refused))
    })

  tokens('a token without exp: the error says what to do', async ({ api }) => {
    const { body } = await write(api, await sign({ role: 'ingest' }))
    assert.equal(body.message, 'the token has no exp claim')
    assert.match(body.hint!, /npm run token/)
  })

  tokens('a token for web_anon reads, and the response is not cacheable', async ({ api }) => {
    const headers = { Authorization: `Bearer ${await sign({ role: 'web_anon', exp: NOW + HOUR })}` }
    const answer = await fetch(`${api.target.api}/rpc/feed?limit=1`, { headers })
    assert.deepEqual([answer.status, answer.headers.get('cache-control')], [200, 'private, no-store'])
  })

  tokens('other credentials do not count as a token', async ({ api }) => {
    const headers = { Authorization: 'Basic YTpi' }
    assert.equal((await fetch(`${api.target.api}/rpc/feed?limit=1`, { headers })).status, 200)
  })

  tokens('a token limited to some calls cannot make others', async ({ api }) => {
    const { stdout } = run(['--only', 'posts, digest'])
    assert.deepEqual(decodeJwt(stdout.trim()).only, ['posts', 'digest'])
    const headers = { Authorization: `Bearer ${stdout.trim()}`, 'content-type': 'application/json' }
    const ask = async (method: string, path: string) => {
      const answer = await fetch(api.target.api + path, {
        method,
        headers,
        ...(method === 'POST' && { body: '{"items": []}' }),
      })
      return [answer.status, ((await answer.json()) as { message?: string }).message]
    }
    assert.equal((await ask('POST', '/rpc/ingest_posts'))[0], 200)
    assert.equal((await ask('GET', '/rpc/ingest_digest'))[0], 200)
    assert.equal((await ask('GET', '/rpc/health'))[0], 200)
    for (const path of ['/rpc/feed', '/posts'])
      assert.deepEqual(await ask('GET', path), [403, `the token may not call ${path}`])
    for (const name of ['ingest_metrics', 'ingest_reports', 'ingest_run'])
      assert.deepEqual(await ask('POST', `/rpc/${name}`), [403, `the token may not call /rpc/${name}`])
    // Written with escapes, it is the same call.
    assert.equal((await ask('POST', '/rpc/ingest%5Freports'))[0] === 200, false)

    const digest = { Authorization: `Bearer ${await sign({ role: 'ingest', exp: NOW + HOUR, only: ['posts'] })}` }
    for (const path of ['/rpc/ingest_digest', '/rpc/ingest%5Fdigest'])
      assert.notEqual((await fetch(api.target.api + path, { headers: digest })).status, 200, path)
  })

  tokens('a token can be limited to any ingest call', async ({ api }) => {
    const [row] = await api.db.query<{ names: string[] }>(
      "select array_agg(substring(proname from '^ingest_(.*)$')) as names from pg_proc where pronamespace = 'api'::regnamespace and proname ~ '^ingest_'",
    )
    const { status, stderr } = run(['--only', row!.names.join()])
    assert.equal(status, 0, stderr)
  })

  tokens('a token rejected for writing is rejected for reading too', async ({ api }) => {
    for (const claims of [{ role: 'ingest' }, { role: 'web_anon' }, { role: 'ingest', exp: NOW - HOUR }]) {
      const headers = { Authorization: `Bearer ${await sign(claims)}` }
      assert.equal((await fetch(`${api.target.api}/rpc/feed?limit=1`, { headers })).status, 401)
    }
  })

  tokens.run()
}

const command = suite('npm run token')

command('prints only the token on stdout; it has a role, a start and an expiry', () => {
  const { stdout, stderr } = run(['--ttl', '2h'])
  assert.match(stderr, /^Token for ingest, valid until 20/)
  const claims = decodeJwt(stdout.trim())
  assert.deepEqual(Object.keys(claims).sort(), ['exp', 'iat', 'jti', 'role'])
  assert.equal(claims.role, 'ingest')
  assert.equal(claims.exp! - claims.iat!, 2 * HOUR)
  assert.equal(decodeProtectedHeader(stdout.trim()).alg, 'HS256')
})

command('for a reader: a link with a token for the page and one for Atom alone, which both have the name', () => {
  const { stdout } = run(['--role', 'reader', '--name', 'Ann', '--url', 'https://posts.example/'])
  const link = new URL(stdout.trim())
  assert.equal(`${link.origin}${link.pathname}${link.search}`, 'https://posts.example/')
  const given = new URLSearchParams(link.hash.slice(1))
  assert.deepEqual([...given.keys()], ['token', 'atom'])
  const [token, atom] = [...given.values()].map((text) => decodeJwt(text))
  assert.deepEqual([token!.role, token!.sub, token!.only], ['reader', 'Ann', undefined])
  assert.deepEqual([atom!.role, atom!.sub, atom!.only], ['reader', 'Ann', ['atom']])
  assert.notEqual(token!.jti, atom!.jti)

  const address = run(['--role', 'reader', '--only', 'atom', '--url', 'https://posts.example']).stdout
  assert.match(address, /^https:\/\/posts\.example\/api\/rpc\/feed_atom\?token=[\w.-]+\n$/)
})

command('prints JSON with --json', () => {
  assert.deepEqual(Object.keys(JSON.parse(run(['--json']).stdout)), ['token', 'id', 'role', 'expires'])
})

command('rejects short secrets, other roles and tokens without expiry, and gives the next step', () => {
  const refused: [string[], string | null, RegExp][] = [
    [[], null, /PGRST_JWT_SECRET is not set.\n.*setup:env/],
    [[], 'x'.repeat(31), /PGRST_JWT_SECRET has 31 characters/],
    [['--role', 'postgres'], SECRET, /Unknown role 'postgres'/],
    // A flag is judged before the machine's settings are.
    [['--ttl', 'forever'], null, /Invalid --ttl 'forever'/],
    [['--ttl', 'forever'], SECRET, /Invalid --ttl 'forever'/],
    [['--ttl', '0d'], SECRET, /Invalid --ttl '0d'/],
    [['--only', 'posts,everything'], SECRET, /Invalid --only 'posts,everything'/],
    [['--role', 'reader', '--only', 'posts'], SECRET, /This role takes one or more of atom\./],
    [['--name', 'a\nb'], SECRET, /Invalid --name/],
    [['--url', 'https://posts.example'], SECRET, /--url is for tokens of readers/],
    [['--role', 'reader', '--url', 'posts.example'], SECRET, /Invalid --url 'posts.example'/],
    [['--ttl', '401d'], SECRET, /Invalid --ttl '401d'/],
  ]
  for (const [args, secret, message] of refused) {
    const { status, stdout, stderr } = run(args, secret)
    assert.equal(status, 2, stderr)
    assert.equal(stdout, '')
    assert.match(stderr, message)
  }
})

command('a key of a JWK set signs, chosen by kid or the first; an unknown key is named', async () => {
  const keys = ['1', '2'].map((kid) => ({ kid, kty: 'oct', alg: 'HS256', k: `${kid}Abc`.repeat(16) }))
  const set = JSON.stringify({ keys })
  for (const [args, key] of [
    [[], keys[0]!],
    [['--key', '2'], keys[1]!],
  ] as const) {
    const { stdout, stderr } = run([...args], set)
    const { protectedHeader, payload } = await jwtVerify(stdout.trim(), Buffer.from(key.k, 'base64url'))
    assert.equal(protectedHeader.kid, key.kid, stderr)
    assert.equal(payload.role, 'ingest')
  }
  for (const [args, secret, message] of [
    [['--key', '3'], set, /has no key '3'\.\n.*Use one of 1, 2\./],
    [['--key', '1'], SECRET, /is not a JWK set/],
    [[], `{${SECRET}`, /neither a secret nor a JWK set/],
  ] as const) {
    const { status, stderr } = run([...args], secret)
    assert.equal(status, 2)
    assert.match(stderr, message)
  }
})

command.run()

function run(args: string[], secret: string | null = SECRET) {
  const env = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    ...(secret !== null && { PGRST_JWT_SECRET: secret }),
  }
  // Not in the project, whose .env may have its own secret.
  const tsx = resolve(PROJECT, 'node_modules/.bin/tsx')
  return spawnSync(tsx, [resolve(PROJECT, 'tooling/token.ts'), ...args], {
    cwd: tmpdir(),
    env: env as NodeJS.ProcessEnv,
    encoding: 'utf8',
  })
}

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

function unsigned(claims: object): string {
  return `${part({ alg: 'none', typ: 'JWT' })}.${part(claims)}.`
}

function changed(token: string): string {
  const [head, , signature] = token.split('.')
  return `${head}.${part({ role: 'ingest', exp: NOW + HOUR })}.${signature}`
}
