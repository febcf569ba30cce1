import assert from 'node:assert/strict'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { suite } from 'uvu'
import { $ } from 'zx'

const PRIORITY = 'com.openclaw.xmonitor.priority'
const DISCOVERY = 'com.openclaw.xmonitor.discovery'

type Mac = { folder: string; plists: string; env: Record<string, string> }

const test = suite<{ mac: Mac }>('freeze')

test.before.each((context) => {
  context.mac = macWith(`${PRIORITY} loaded enabled\n${DISCOVERY} loaded enabled\n`)
})
test.after.each(({ mac }) => rmSync(mac.folder, { recursive: true, force: true }))

test('freeze disables each job before it stops it, and asks launchd whether it worked', async ({ mac }) => {
  const run = await command(mac, 'freeze')
  assert.equal(run.exitCode, 0, run.stderr)
  assert.equal(run.stdout, `Frozen: ${PRIORITY}, stopped and disabled\nFrozen: ${DISCOVERY}, stopped and disabled\n`)
  assert.deepEqual(changes(mac), [
    `disable gui/501/${PRIORITY}`,
    `bootout gui/501/${PRIORITY}`,
    `disable gui/501/${DISCOVERY}`,
    `bootout gui/501/${DISCOVERY}`,
  ])
  assert.deepEqual(state(mac), [`${DISCOVERY} unloaded disabled`, `${PRIORITY} unloaded disabled`])
})

test('freeze again stops nothing and says the same', async ({ mac }) => {
  const first = await command(mac, 'freeze')
  const again = await command(mac, 'freeze')
  assert.equal(again.exitCode, 0, again.stderr)
  assert.equal(again.stdout, first.stdout)
  assert.equal(changes(mac).filter((call) => call.startsWith('bootout')).length, 2)
})

test('unfreeze enables each job before it loads it: the other order is refused by launchd', async ({ mac }) => {
  await command(mac, 'freeze')
  const wrongOrder = await $({
    nothrow: true,
    quiet: true,
    env: { ...process.env, ...mac.env },
  })`launchctl bootstrap gui/501 ${join(mac.plists, `${PRIORITY}.plist`)}`
  assert.equal(wrongOrder.exitCode, 5)

  const run = await command(mac, 'unfreeze')
  assert.equal(run.exitCode, 0, run.stderr)
  assert.equal(
    run.stdout,
    `Running again: ${PRIORITY}, enabled and loaded\nRunning again: ${DISCOVERY}, enabled and loaded\n`,
  )
  assert.deepEqual(changes(mac).slice(-4), [
    `enable gui/501/${PRIORITY}`,
    `bootstrap gui/501 ${join(mac.plists, `${PRIORITY}.plist`)}`,
    `enable gui/501/${DISCOVERY}`,
    `bootstrap gui/501 ${join(mac.plists, `${DISCOVERY}.plist`)}`,
  ])
  assert.deepEqual(state(mac), [`${DISCOVERY} loaded enabled`, `${PRIORITY} loaded enabled`])
})

test('unfreeze leaves a job alone that runs already', async ({ mac }) => {
  const run = await command(mac, 'unfreeze')
  assert.equal(run.exitCode, 0, run.stderr)
  assert.ok(!changes(mac).some((call) => call.startsWith('bootstrap')))
})

test('freeze waits for a job that takes its time to stop', async ({ mac }) => {
  const run = await command(mac, 'freeze', [], { FAKE_LINGER: '3' })
  assert.equal(run.exitCode, 0, run.stderr)
  assert.deepEqual(state(mac), [`${DISCOVERY} unloaded disabled`, `${PRIORITY} unloaded disabled`])
})

test('it reads the words of older systems too', async ({ mac }) => {
  const run = await command(mac, 'freeze', [], { FAKE_WORDS: 'old' })
  assert.equal(run.exitCode, 0, run.stderr)
})

test('--dry-run prints the calls and makes none', async ({ mac }) => {
  const freeze = await command(mac, 'freeze', ['--dry-run'])
  assert.equal(
    freeze.stdout,
    [PRIORITY, DISCOVERY]
      .map((label) => `launchctl disable gui/501/${label}\nlaunchctl bootout gui/501/${label}\n`)
      .join(''),
  )
  const unfreeze = await command(mac, 'unfreeze', ['--dry-run'])
  assert.ok(unfreeze.stdout.includes(`launchctl enable gui/501/${PRIORITY}\nlaunchctl bootstrap gui/501 `))
  assert.deepEqual(calls(mac), [])
})

test('labels, folder and user are options; --json says what became of each job', async ({ mac }) => {
  writeFileSync(join(mac.folder, 'state'), 'org.example.one loaded enabled\n')
  const run = await command(mac, 'freeze', ['--labels', 'org.example.one', '--uid', '502', '--json'])
  assert.equal(run.exitCode, 0, run.stderr)
  assert.deepEqual(JSON.parse(run.stdout), {
    launchctl: true,
    jobs: [{ label: 'org.example.one', loaded: false, disabled: true }],
  })
  assert.ok(changes(mac).every((call) => call.endsWith('gui/502/org.example.one')))
})

test('a label unknown to launchd is refused before anything changes', async ({ mac }) => {
  const run = await command(mac, 'freeze', ['--labels', `${PRIORITY},com.typo`])
  assert.equal(run.exitCode, 2)
  assert.equal(
    run.stderr,
    `error: launchd has no job com.typo, and ${join(mac.plists, 'com.typo.plist')} does not exist.\n` +
      '  Compare --labels with: launchctl list | grep xmonitor\n',
  )
  assert.deepEqual(changes(mac), [])
})

test('a missing property list is refused before anything changes', async ({ mac }) => {
  rmSync(join(mac.plists, `${DISCOVERY}.plist`))
  const run = await command(mac, 'unfreeze')
  assert.equal(run.exitCode, 2)
  assert.equal(
    run.stderr,
    `error: ${join(mac.plists, `${DISCOVERY}.plist`)} does not exist.\n  Give the folder with the property lists: --plists DIR\n`,
  )
  assert.deepEqual(calls(mac), [])
})

test('without a login session it says where to run it', async ({ mac }) => {
  const run = await command(mac, 'freeze', [], { FAKE_SESSION: 'none' })
  assert.equal(run.exitCode, 1)
  assert.equal(
    run.stderr,
    'error: Cannot access the launchd session gui/501 (exit 125): Could not find domain for user gui: 501\n' +
      '  Log in to the Mac directly, not over SSH or with sudo, as the user who runs the monitor; or give that user with --uid.\n',
  )
})

for (const [name, verb] of [
  ['freeze', 'disable'],
  ['freeze', 'bootout'],
  ['unfreeze', 'enable'],
] as const) {
  test(`${name} says which call launchd refused, and why: ${verb}`, async ({ mac }) => {
    const run = await command(mac, name, [], { FAKE_FAIL: `${verb} 1 Operation not permitted` })
    assert.equal(run.exitCode, 1)
    assert.equal(
      run.stderr,
      `error: launchctl ${verb} gui/501/${PRIORITY} failed (exit 1): Operation not permitted\n` +
        '  Run it by hand for details. Then run this again.\n',
    )
  })
}

test('a property list refused by launchd is named, after several tries', async ({ mac }) => {
  writeFileSync(join(mac.folder, 'state'), `${PRIORITY} unloaded disabled\n${DISCOVERY} unloaded disabled\n`)
  const run = await command(mac, 'unfreeze', [], { FAKE_FAIL: 'bootstrap 5 Bootstrap failed: 5: Input/output error' })
  const plist = join(mac.plists, `${PRIORITY}.plist`)
  assert.equal(run.exitCode, 1)
  assert.equal(
    run.stderr,
    `error: launchctl bootstrap gui/501 '${plist}' failed (exit 5): Bootstrap failed: 5: Input/output error\n` +
      `  Check the file: plutil -lint '${plist}'. Then run this again.\n`,
  )
  assert.equal(changes(mac).filter((call) => call.startsWith('bootstrap')).length, 4)
})

test('without launchctl it says so and succeeds', async ({ mac }) => {
  // Nothing but this folder on PATH: on a real Mac the real launchctl must stay out of reach.
  rmSync(join(mac.folder, 'bin', 'launchctl'))
  mac.env.PATH = join(mac.folder, 'bin')
  const freeze = await command(mac, 'freeze')
  assert.equal(freeze.exitCode, 0, freeze.stderr)
  assert.equal(freeze.stdout, 'launchctl not found, so there are no launchd jobs to stop.\n')
  const unfreeze = await command(mac, 'unfreeze')
  assert.equal(unfreeze.exitCode, 0, unfreeze.stderr)
  assert.equal(unfreeze.stdout, 'launchctl not found, so there are no launchd jobs to start.\n')
})

test.run()

/** A Mac with these jobs: launchctl on PATH, and a property list for each of the monitor's two. */
function macWith(jobs: string): Mac {
  const folder = mkdtempSync(join(tmpdir(), 'xmonitor-launchd-'))
  const plists = join(folder, 'Launch Agents')
  mkdirSync(plists)
  for (const label of [PRIORITY, DISCOVERY]) writeFileSync(join(plists, `${label}.plist`), '<plist/>')
  const launchctl = join(folder, 'bin', 'launchctl')
  mkdirSync(dirname(launchctl))
  copyFileSync(new URL('../support/launchctl.sh', import.meta.url), launchctl)
  chmodSync(launchctl, 0o755)
  writeFileSync(join(folder, 'state'), jobs)
  return { folder, plists, env: { FAKE_LAUNCHD: folder, PATH: `${dirname(launchctl)}:${process.env.PATH}` } }
}

function command({ plists, env }: Mac, name: string, flags: string[] = [], fake: Record<string, string> = {}) {
  const options = ['--plists', plists, ...(flags.includes('--uid') ? [] : ['--uid', '501']), ...flags]
  return $({
    nothrow: true,
    quiet: true,
    env: { ...process.env, ...env, ...fake },
  })`${process.execPath} --import tsx tooling/${name}.ts ${options}`
}

function calls({ folder }: Mac): string[] {
  const file = join(folder, 'calls')
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []
}

function changes(mac: Mac): string[] {
  return calls(mac).filter((call) => !call.startsWith('print'))
}

function state({ folder }: Mac): string[] {
  return readFileSync(join(folder, 'state'), 'utf8').trim().split('\n').sort()
}
