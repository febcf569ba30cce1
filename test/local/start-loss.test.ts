import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import { freePort, waitUntilGone } from '../../tooling/lib/processes.ts'
import { PROJECT } from '../../tooling/lib/project.ts'
import { generate } from '../../tooling/lib/samples/generate.ts'

// npm start with its own Postgres, which goes away at some point. By default while it imports and while it serves; with
// SWEEP=start or SWEEP=all at ten points, in three ways in turn.

const RUN_SECONDS = 60

/** What it prints when Postgres goes away. */
const MOMENTS = [
  ...['Started: Postgres', 'Exporting: tweets', 'Creating: database', 'Applying: db/', 'Importing: posts'],
  ...['Imported: embeddings', 'Deriving: metric history', 'Vacuuming: ', 'Validating: posts', 'Page: '],
]
const BY_DEFAULT = [5, 9]
const SIGNALS = ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const
const isSwept = /\b(all|start)\b/.test(process.env.SWEEP ?? '')
const numbers = isSwept ? MOMENTS.map((_, number) => number) : BY_DEFAULT

const test = suite('start without its Postgres', { root: '' })

test.before((context) => {
  context.root = mkdtempSync(join(tmpdir(), 'xmonitor-start-loss-'))
  // The server's user may enter it, as in an ordinary project folder.
  chmodSync(context.root, 0o711)
})
test.after(({ root }) => rmSync(root, { recursive: true, maxRetries: 5 }))

for (const [turn, number] of numbers.entries()) {
  const moment = MOMENTS[number]!
  const signal = SIGNALS[turn % SIGNALS.length]!
  test(`Postgres gets ${signal} at "${moment}": start reports it and ends, and the next start serves`, async ({
    root,
  }) => {
    // A source of its own has a database of its own, with everything still to do.
    const source = join(root, `${number}.db`)
    generate({ file: source, posts: 300, embeddings: 100, seed: number })
    const args = ['--data', join(root, 'data'), '--source', source, '--port', String(await freePort())]

    const { code, stderr } = await start(args, moment, () => {
      const pid = Number(readFileSync(join(root, 'data/postgres/data/postmaster.pid'), 'utf8').split('\n')[0])
      process.kill(pid, signal)
      return waitUntilGone(pid, 10_000)
    })
    assert.equal(code, 1, stderr)
    assert.doesNotMatch(stderr, /^\s+at |error: unexpected|Check DATABASE_URL/m)
    assert.match(stderr, /\nerror: .+\n(?: .*\n)+$/)

    const next = await start(args, 'Page: ', (child) => child.kill('SIGINT'))
    assert.equal(next.code, 0, next.stderr)
    assert.match(next.stdout, /^moved: 300 posts, nothing lost$/m)
  })
}

test.run()

/** Runs npm start, and the callback once the text was printed, until it ends. */
async function start(args: string[], text: string, react: (child: ChildProcess) => unknown) {
  const command = ['--import', 'tsx', 'tooling/start.ts', ...args]
  const child = spawn(process.execPath, command, { cwd: PROJECT, stdio: ['ignore', 'pipe', 'pipe'] })
  const exited = once(child, 'exit')
  const printed = { stdout: '', stderr: '' }
  let reacted = false
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].on('data', (data) => {
      printed[stream] += data
      if (reacted || !printed[stream].includes(text)) return
      reacted = true
      react(child)
    })
  const timer = setTimeout(() => child.kill('SIGTERM'), RUN_SECONDS * 1000)
  await exited
  clearTimeout(timer)
  return { code: child.exitCode, ...printed }
}
