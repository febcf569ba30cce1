import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import { parse } from 'yaml'
import { printUnit } from '../../tooling/lib/follow/service-unit.ts'
import { run, temporaryFolder } from '../move/support.ts'

// The printed units as the programs read them that run them.

const folder = join(temporaryFolder(), `a & b's "50%" $HOME <x>`)
mkdirSync(folder)
const service = {
  source: join(folder, 'x_monitor.db'),
  url: 'https://feed.example',
  tokenFile: join(folder, 'token'),
  state: join(folder, 'follow.db'),
  rejects: join(folder, 'rejects.jsonl'),
  status: join(folder, 'status.json'),
  more: ['--every', '5'],
}
const FLAGS = [
  ...['--source', service.source, '--url', service.url, '--token-file', service.tokenFile],
  ...['--state', service.state, '--rejects', service.rejects, '--status-file', service.status, '--every', '5'],
]

const test = suite('the units of npm run follow')

const hasProgram = (name: string, args: string[]) => {
  const found = spawnSync(name, args).status === 0
  if (!found) console.log(`skipped: a unit as ${name} reads it, because ${name} is not installed`)
  return found
}
const python = hasProgram('python3', ['-c', 'import plistlib']) ? test : test.skip
const systemd = hasProgram('systemd-analyze', ['--version']) ? test : test.skip

python('launchd: a property list with the command as it is, and a log in a folder that exists', () => {
  const script = 'import json, plistlib, sys; print(json.dumps(plistlib.loads(sys.stdin.buffer.read())))'
  const { stdout, stderr } = spawnSync('python3', ['-c', script], {
    input: printUnit('launchd', service),
    encoding: 'utf8',
  })
  const unit = JSON.parse(stdout || `"${stderr}"`)
  assert.deepEqual(unit.ProgramArguments.slice(-FLAGS.length), FLAGS)
  assert.deepEqual([unit.Label, unit.KeepAlive], ['com.openclaw.xmonitor.follow', true])
  assert.match(unit.StandardOutPath, /\/Library\/Logs\/xmonitor-follow\.log$/)
})

systemd('systemd: a unit that it accepts, with the command as it is', () => {
  const unit = join(temporaryFolder(), 'xmonitor-follow.service')
  writeFileSync(unit, printUnit('systemd', service))
  const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', unit], { encoding: 'utf8' })
  assert.equal(status, 0, stdout + stderr)
  assert.equal(stdout + stderr, '')
})

test('systemd: specifiers, variables and quotes are escaped', () => {
  const [, command] = printUnit('systemd', service).match(/^ExecStart=(.*)$/m)!
  // As systemd.service(5) says: quoted words, a backslash for what is special, %% and $$ for themselves.
  const words = [...command!.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(([, quoted, plain]) =>
    (quoted ?? plain)!.replace(/\\(.)/g, '$1').replaceAll('%%', '%').replaceAll('$$', '$'),
  )
  assert.deepEqual(words.slice(-FLAGS.length), FLAGS)
})

test('compose: one service that mounts the folders and starts the follower on them', () => {
  if (process.platform !== 'linux') return console.log('skipped: compose, because this is not Linux')
  const unit = parse(printUnit('compose', service))
  assert.deepEqual(Object.keys(unit.services), ['follow'])
  const { command, volumes } = unit.services.follow
  const flags = command.slice(3).map((word: string) => word.replaceAll('$$', '$'))
  assert.deepEqual(flags.slice(1, 7), [
    '--source',
    '/source/x_monitor.db',
    '--url',
    service.url,
    '--token-file',
    '/token/token',
  ])
  assert.ok(volumes.includes(`${folder.replaceAll('$', '$$$$')}:/source`), volumes.join('\n'))
  return undefined
})

test('compose is refused for an address that no container reaches', async () => {
  if (process.platform !== 'linux') return
  for (const url of ['http://127.0.0.1:4180', 'http://localhost:4180', 'http://[::1]:4180'])
    assert.throws(() => printUnit('compose', { ...service, url }), /A container cannot reach/)
  const invalid = await run('follow', [
    '--source',
    'x',
    '--url',
    'feed.example',
    '--token-file',
    't',
    '--print',
    'systemd',
  ])
  assert.equal(invalid.code, 2)
  assert.match(invalid.stderr, /^error: Invalid --url 'feed\.example'\.$/m)
})

test.run()
