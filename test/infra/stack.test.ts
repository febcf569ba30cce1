import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { suite } from 'uvu'
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

test('up starts the containers, waits for the API and says where it is', async () => {
  const upstream = await recordingUpstream()
  const { port } = new URL(upstream.url)
  const up = await stack(['up', '--demo', '--observe'], { ...SECRETS, WEB_PORT: port })
  await upstream.close()
  assert.equal(up.code, 0, up.stderr)
  assert.deepEqual(composed(), [['--profile', 'demo', '--profile', 'observe', 'up', '--detach', '--remove-orphans']])
  assert.ok(up.stdout.includes(`The stack answers: http://localhost:${port}\n`))
  assert.ok(up.stdout.includes('http://localhost:3001'))
  assert.equal(upstream.seen.at(-1)!.url, '/v1/health')
})

test('down keeps the data, reset deletes it and wants to be told twice', async () => {
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
    [['up'], SECRETS, () => docker('[ "$1" = info ] && exit 1; exit 0'), 1, /No Docker engine answers/],
    [
      ['up'],
      SECRETS,
      () => docker('[ "$5" = --remove-orphans ] || [ "$2" = up ] && exit 17; exit 0'),
      1,
      /failed \(17\)/,
    ],
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
