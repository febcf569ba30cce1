import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import { jwtSecret } from '../../tooling/lib/local/jwt-secret.ts'
import { commandLine } from '../../tooling/lib/processes.ts'
import { PROJECT } from '../../tooling/lib/project.ts'

// Generous: npm run bench measures the time, on an idle machine.
const START_SECONDS = 60

type Running = { child: ChildProcess; url: string; out: () => string; said: () => string; exited: Promise<unknown> }

const start = suite('start', { root: '', data: '', elsewhere: '' })

start.before((context) => {
  context.root = mkdtempSync(join(tmpdir(), 'xmonitor-start-'))
  // The server's user may enter it, as in an ordinary project folder.
  chmodSync(context.root, 0o711)
  context.data = join(context.root, 'data')
})
start.after(({ root, elsewhere }) => {
  for (const pid of processesOf(root)) process.kill(pid, 'SIGKILL')
  for (const folder of [root, elsewhere]) if (folder) rmSync(folder, { recursive: true, force: true })
})

/** npm start with flags, in a process group of its own, as in a terminal. */
async function run(data: string, ...flags: string[]): Promise<Running> {
  const args = ['--import', 'tsx', 'tooling/start.ts', '--data', data, ...flags]
  const child = spawn(process.execPath, args, { cwd: PROJECT, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  const exited = once(child, 'exit')
  let out = ''
  let said = ''
  child.stdout.on('data', (text) => {
    out += text
  })
  child.stderr.on('data', (text) => {
    said += text
  })
  const end = Date.now() + START_SECONDS * 1000
  while (child.exitCode === null && Date.now() < end && !/^Page: .*\n/m.test(out)) await sleep(20)
  return { child, exited, url: out.match(/^Page: (\S+)\/$/m)?.[1] ?? '', out: () => out, said: () => said }
}

/** What a start says while another one runs on the same data. */
function describeOther({ child, url }: Running, data: string): string {
  return `error: Another npm start (process ${child.pid}) uses ${data} and serves ${url}.\n  Stop it with Ctrl-C in its terminal or with: kill ${child.pid}.`
}

/** Ctrl-C goes to the whole group. */
async function interrupt({ child, exited }: Running): Promise<unknown> {
  process.kill(-child.pid!, 'SIGINT')
  await exited
  return child.exitCode
}

const posts = async (url: string) => {
  const answer = await fetch(`${url}/v1/feed?limit=200`)
  assert.equal(answer.status, 200)
  return ((await answer.json()) as { items: { status_id: string; discovered_at: string }[] }).items
}

/** The running processes whose command line has this folder in it. */
function processesOf(folder: string): number[] {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid='], { encoding: 'utf8' })
  return stdout
    .split('\n')
    .map(Number)
    .filter((pid) => pid && pid !== process.pid && commandLine(pid).includes(folder))
}

async function assertNothingLeft(folder: string): Promise<void> {
  for (const end = Date.now() + 5000; processesOf(folder).length && Date.now() < end; ) await sleep(50)
  assert.deepEqual(processesOf(folder).map(commandLine), [])
}

start('the first start moves the demo and serves it: page, API, contract', async ({ data }) => {
  const first = await run(data, '--port', String(await aFreePort()))
  assert.match(first.out(), /^moved: \d+ posts, nothing lost$/m, first.said())
  assert.match(
    first.out(),
    /\nDemo: these posts are invented\. .+\nData: \S+\. To start afresh: npm start -- --fresh --data \S+\nCtrl-C stops it\.\nPage: \S+\n$/,
  )
  const items = await posts(first.url)
  assert.ok(items.length > 100)
  assert.deepEqual(
    items,
    [...items].sort((a, b) => (a.discovered_at < b.discovered_at ? 1 : -1)),
  )
  assert.match(await (await fetch(first.url)).text(), /<script [^>]*type="module"[^>]*src="[./]*assets\//)
  assert.equal(await interrupt(first), 0)
  await assertNothingLeft(data)
})

start('a private start serves nothing without a token, and prints a link that has one', async ({ data }) => {
  const started = await run(data, '--private', '--port', String(await aFreePort()))
  const link = new URL(/^Page: (\S+)$/m.exec(started.out())![1]!)
  const read = async (headers: Record<string, string>) =>
    (await fetch(`${link.origin}/v1/feed?limit=1`, { headers })).status
  assert.equal(await read({}), 401)
  const token = new URLSearchParams(link.hash.slice(1)).get('token')
  assert.equal(await read({ Authorization: `Bearer ${token}` }), 200)
  const made = spawnSync(
    process.execPath,
    ['--import', 'tsx', 'tooling/token.ts', '--local', '--data', data, '--role', 'reader'],
    {
      cwd: PROJECT,
      encoding: 'utf8',
    },
  )
  assert.equal(await read({ Authorization: `Bearer ${made.stdout.trim()}` }), 200, made.stderr)
  assert.equal(await interrupt(started), 0)
})

start('what it wrote can be read by its owner only', ({ data }) => {
  const open = readdirSync(data, { recursive: true, encoding: 'utf8' })
    .map((name) => join(data, name))
    .filter((path) => statSync(path).mode & 0o077)
  assert.deepEqual(open, [])
})

start('the second start changes nothing and serves the same', async ({ data }) => {
  const secret = readFileSync(join(data, 'jwt-secret'), 'utf8')
  const second = await run(data, '--port', String(await aFreePort()))
  assert.match(second.out(), /^posts: ([\d,]+) read = \d+ inserted \+ 0 updated \+ [\d,]+ unchanged \+ 0 rejected$/m)
  assert.match(second.out(), /^moved: \d+ posts, nothing lost$/m)
  assert.ok((await posts(second.url)).length > 100)
  assert.equal(readFileSync(join(data, 'jwt-secret'), 'utf8'), secret)

  // A third start on the same folder is refused meanwhile.
  const third = await run(data)
  assert.equal(third.child.exitCode, 1)
  assert.ok(third.said().includes(describeOther(second, data)), third.said())
  assert.ok((await posts(second.url)).length > 100)

  process.kill(second.child.pid!, 'SIGKILL')
  await second.exited
  await assertNothingLeft(data)
})

start('a secret file that cannot be used is named, an empty one is replaced', ({ root }) => {
  const folder = mkdtempSync(join(root, 'secret-'))
  const file = join(folder, 'jwt-secret')
  writeFileSync(file, '\n')
  assert.match(jwtSecret(folder), /^[0-9a-f]{64}$/)
  writeFileSync(file, 'short')
  const next = 'Remove it: npm start writes a new one.'
  assert.throws(() => jwtSecret(folder), { fact: `${file} has 5 characters; a secret needs at least 32.`, next })
  rmSync(file)
  mkdirSync(file)
  assert.throws(() => jwtSecret(folder), { fact: `${file} cannot be read: EISDIR.`, next })
})

start('--fresh removes what earlier starts left, but not while one of them runs', async ({ data }) => {
  writeFileSync(join(data, 'of-somebody-else'), '')
  const secret = readFileSync(join(data, 'jwt-secret'), 'utf8')
  const fresh = await run(data, '--port', String(await aFreePort()), '--fresh')
  assert.match(fresh.out(), /^posts: ([\d,]+) read = \1 inserted /m, fresh.said())
  assert.notEqual(readFileSync(join(data, 'jwt-secret'), 'utf8'), secret)
  assert.ok(existsSync(join(data, 'of-somebody-else')))

  const refused = await run(data, '--fresh')
  assert.equal(refused.child.exitCode, 1)
  assert.ok(refused.said().includes(describeOther(fresh, data)), refused.said())
  assert.ok((await posts(fresh.url)).length > 100)
  assert.equal(await interrupt(fresh), 0)
})

start('after kill -9 it starts again; a port in use is named and the next one is used', async ({ data }) => {
  const other = createServer().listen(0, '127.0.0.1').unref()
  await once(other, 'listening')
  const { port } = other.address() as { port: number }
  const running = await run(data, '--port', String(port), '--verbose')
  assert.match(running.said(), new RegExp(`^Port ${port} is in use; using \\d+\\.$`, 'm'))
  assert.notEqual(new URL(running.url).port, String(port))
  assert.ok((await posts(running.url)).length > 100)
  const logged = /^\S+ GET \/v1\/feed\?limit=200 200 [\d.]+ms$/m
  for (const end = Date.now() + 5000; !logged.test(running.said()) && Date.now() < end; ) await sleep(20)
  assert.match(running.said(), logged)
  assert.equal(await interrupt(running), 0)
  other.close()
  await assertNothingLeft(data)
})

// Ctrl-C goes to the whole process group; a script or a supervisor signals npm only.
for (const [signal, whom] of [
  ['SIGINT', 'all'],
  ['SIGTERM', 'npm'],
] as const)
  start(`npm start, ended by ${signal} to ${whom} in the middle of starting, leaves no process`, async ({ root }) => {
    const data = join(root, `interrupted-${whom}`)
    const args = ['start', '--', '--data', data]
    const child = spawn('npm', args, { cwd: PROJECT, detached: true, stdio: ['ignore', 'ignore', 'pipe'] })
    const exited = once(child, 'exit')
    for await (const text of child.stderr) if (String(text).includes('Started: Postgres')) break
    process.kill(whom === 'all' ? -child.pid! : child.pid!, signal)
    await exited
    await assertNothingLeft(data)
  })

start('a missing source and an unknown flag are named; nothing is left running', async ({ data }) => {
  const missing = await run(data, '--source', join(data, 'missing.db'))
  assert.equal(missing.child.exitCode, 1)
  assert.match(missing.said(), /^error: There is no file .+missing\.db\.\n {2}\S/m)
  const unknown = await run(data, '--sauce', 'x')
  assert.equal(unknown.child.exitCode, 2)
  assert.match(unknown.said(), /^error: Unknown option '--sauce'\.\n {2}See npm run start -- --help$/m)
  await assertNothingLeft(data)
})

if (process.getuid?.() === 0) {
  start('as root, in a folder that other users cannot enter', async (context) => {
    const closed = join(context.root, 'closed')
    mkdirSync(closed, { mode: 0o700 })
    mkdirSync(join(closed, 'data'))
    const running = await run(join(closed, 'data'), '--port', String(await aFreePort()))
    const [, refuge] = running.said().match(/Postgres keeps its data in (\/var\/tmp\/\S+)\.$/m) ?? []
    assert.ok(refuge, running.said())
    context.elsewhere = refuge
    assert.ok((await posts(running.url)).length > 100)
    assert.deepEqual(readdirSync(join(closed, 'data/postgres')), [])
    assert.equal(await interrupt(running), 0)
    await assertNothingLeft(refuge)
  })
}

async function aFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  return port
}

start.run()
