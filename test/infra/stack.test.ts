import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { suite } from 'uvu'
import { checkMounts } from '../../tooling/lib/local/container-mounts.ts'
import { PROJECT } from '../../tooling/lib/project.ts'
import { recordingUpstream } from '../support/upstream.ts'

const folder = mkdtempSync(join(tmpdir(), 'xmonitor-stack-'))
const calls = join(folder, 'calls')
const SECRETS = {
  POSTGRES_PASSWORD: 'a',
  AUTHENTICATOR_PASSWORD: 'b',
  PGRST_JWT_SECRET: 'c'.repeat(32),
  GRAFANA_PASSWORD: 'd',
}

const test = suite('stack')
test.before(() => mkdirSync(join(folder, 'bin')))
test.before.each(() => {
  writeFileSync(calls, '')
  docker('exit 0')
})
test.after(() => rmSync(folder, { recursive: true }))

test('up starts the containers, waits for the API, moves the demo in and says where it is', async () => {
  const upstream = await recordingUpstream()
  const { port } = new URL(upstream.url)
  const up = await stack(['up', '--demo', '--observe'], { ...SECRETS, WEB_PORT: port })
  await upstream.close()
  assert.equal(up.code, 0, up.stderr)
  assert.deepEqual(composed(), [
    ['--profile', 'observe', 'up', '--detach', '--remove-orphans'],
    ['--profile', 'demo', 'run', '--rm', '--no-TTY', 'demo'],
  ])
  assert.ok(up.stdout.includes(`The stack is ready: http://localhost:${port}\n`))
  assert.ok(up.stdout.includes('http://localhost:3001'))
  assert.equal(upstream.seen.at(-1)!.url, '/v1/health')
})

test('a demo that cannot be moved in fails, and nothing is said to be ready', async () => {
  const upstream = await recordingUpstream()
  docker('[ "$4" = run ] && { echo "npm error" >&2; exit 1; }; exit 0')
  const { code, stdout, stderr } = await stack(['up', '--demo'], { ...SECRETS, WEB_PORT: new URL(upstream.url).port })
  await upstream.close()
  assert.equal(code, 1)
  assert.equal(stdout, '')
  assert.match(stderr, /npm error\n[\s\S]*docker compose --profile demo run --rm --no-TTY demo failed with exit code 1/)
})

test('files that only their owner may read are refused before the containers stumble over them', () => {
  const clone = join(folder, 'clone')
  for (const path of ['db/views', 'infra/edge', 'web/dist']) mkdirSync(join(clone, path), { recursive: true })
  for (const file of ['db/views/a.sql', 'infra/edge/v1.js', 'web/dist/index.html']) writeFileSync(join(clone, file), '')
  checkMounts(clone, 'linux')
  chmodSync(join(clone, 'infra/edge/v1.js'), 0o600)
  assert.throws(() => checkMounts(clone, 'linux'), /cannot read infra\/edge\/v1\.js\.\n.*chmod -R go\+rX db infra web/)
  checkMounts(clone, 'darwin')
  chmodSync(join(clone, 'web'), 0o700)
  assert.throws(() => checkMounts(clone, 'linux'), /cannot read infra\/edge\/v1\.js and 1 more/)
})

test('down keeps the data, reset deletes it, and only with --yes', async () => {
  await stack(['down'], SECRETS)
  const refused = await stack(['reset'], SECRETS)
  assert.equal(refused.code, 2)
  assert.ok(refused.stderr.includes('npm run stack -- reset --yes'))
  await stack(['reset', '--yes'], SECRETS)
  await stack(['logs'], SECRETS)
  assert.deepEqual(composed(), [
    ['--profile', '*', 'down'],
    ['--profile', '*', 'down', '--volumes'],
    ['--profile', '*', 'logs', '--follow', '--tail', '100'],
  ])
})

test('what is missing is named with the next step: a word, secrets, docker, its engine', async () => {
  const cases: [string[], Record<string, string>, () => void, number, RegExp][] = [
    [[], SECRETS, () => {}, 2, /No action given\.\n.*up\|down\|logs\|reset/],
    [['start'], SECRETS, () => {}, 2, /Unknown action 'start'\./],
    [['up'], { ...SECRETS, GRAFANA_PASSWORD: '' }, () => {}, 2, /no GRAFANA_PASSWORD\.\n.*npm run setup:env/],
    [['up'], SECRETS, () => docker('exit 1'), 1, /docker compose cannot be run\.\n.*npm start/],
    [['up'], SECRETS, () => docker('[ "$1" = info ] && exit 1; exit 0'), 1, /The Docker engine does not answer/],
    [['up'], SECRETS, () => docker('[ "$2" = up ] && exit 17; exit 0'), 1, /failed with exit code 17/],
  ]
  for (const [args, env, prepare, code, message] of cases) {
    prepare()
    const result = await stack(args, env)
    assert.equal(result.code, code, result.stderr)
    assert.match(result.stderr, message)
  }
})

test.run()

/** A docker on PATH that notes how it was called. */
function docker(script: string): void {
  writeFileSync(join(folder, 'bin/docker'), `#!/bin/sh\necho "$*" >> '${calls}'\n${script}\n`, { mode: 0o755 })
}

/** The arguments of each call of docker compose, but those that only look whether it is there. */
function composed(): string[][] {
  const lines = readFileSync(calls, 'utf8').trim().split('\n')
  return lines.filter((line) => /^compose (?!version)/.test(line)).map((line) => line.split(' ').slice(1))
}

function stack(args: string[], env: Record<string, string>): Promise<{ code: number; stdout: string; stderr: string }> {
  const tsx = join(PROJECT, 'node_modules/.bin/tsx')
  const child = spawn(tsx, [join(PROJECT, 'tooling/stack.ts'), ...args], {
    cwd: folder,
    env: { HOME: folder, PATH: `${join(folder, 'bin')}${delimiter}${process.env.PATH}`, ...env },
  })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (text) => (stdout += text))
  child.stderr.on('data', (text) => (stderr += text))
  return new Promise((done) => child.on('close', (code) => done({ code: code ?? -1, stdout, stderr })))
}
