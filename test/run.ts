import { spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, relative } from 'node:path'
import { glob } from 'zx'
import { PROJECT } from '../tooling/lib/project.ts'
import { throwawayServer } from './support/database.ts'

// npm test [-- WORD ...]: runs the checks, then each test file in its own process, three at a time. With words it runs
// only the files whose path contains one of them, without the checks. A file that begins with `// alone: WHY` runs alone,
// one that begins with `// first: WHY` before the others.

type Outcome = { passed: number; failed: number; skipped: number }

const FILE_SECONDS = 400
// One more than there are cores, since a file waits for a third of its time.
const AT_ONCE = Math.min(3, availableParallelism() + 1)

// Tests use only servers that are started for them.
for (const name of Object.keys(process.env))
  if (/^(DATABASE_URL|PG(?!RST_)[A-Z_]+)$/.test(name)) delete process.env[name]

const running = new Set<number>()
const total: Outcome = { passed: 0, failed: 0, skipped: 0 }

const words = process.argv.slice(2)
const unknown = words.find((word) => word.startsWith('-'))
if (unknown) stop(`Unknown option ${unknown}. Usage: npm test [-- WORD ...], where WORD is part of a test file's path.`)
const files = (await glob('test/**/*.test.ts', { cwd: PROJECT }))
  .sort()
  .filter((file) => !words.length || words.some((word) => file.includes(word)))
if (!files.length) stop(`No test file's path contains ${words.join(' or ')}.`)

if (!words.length) add(check())

const server = process.env.DATABASE_URL_TEST ? undefined : await throwawayServer()
if (server) process.env.DATABASE_URL_TEST = server.url
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, async () => {
    for (const pid of running) process.kill(-pid, 'SIGKILL')
    await server?.stop()
    process.exit(130)
  })

const [first, alone] = [files.filter(marked('first')), files.filter(marked('alone'))]
const others = files.filter((file) => !first.includes(file) && !alone.includes(file))
const together = [...first, ...others]
await Promise.all(Array.from({ length: AT_ONCE }, () => work(together)))
await work(alone)
await server?.stop()

const { passed, failed, skipped } = total
console.log(`${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`)
if (failed) process.exitCode = 1

function stop(message: string): never {
  console.error(message)
  process.exit(2)
}

function marked(word: string): (file: string) => boolean {
  return (file) => readFileSync(join(PROJECT, file), 'utf8').startsWith(`// ${word}: `)
}

function add(outcome: Outcome): void {
  total.passed += outcome.passed
  total.failed += outcome.failed
  total.skipped += outcome.skipped
}

/** Types, style, unused code: counted as one test. */
function check(): Outcome {
  const start = Date.now()
  const { status, stdout, stderr } = spawnSync('npm', ['run', '-s', 'check'], { cwd: PROJECT, encoding: 'utf8' })
  if (status !== 0) console.log(`${stdout}${stderr}`)
  console.log(`${status === 0 ? 'ok' : 'FAILED'}  npm run check (${seconds(start)})`)
  return { passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1, skipped: 0 }
}

async function work(queue: string[]): Promise<void> {
  for (let file = queue.shift(); file; file = queue.shift()) add(await runFile(file))
}

async function runFile(file: string): Promise<Outcome> {
  const start = Date.now()
  const { output, trouble } = await inProcess(file)
  const outcome = counts(output)
  // The summary does not show a crash, a timeout or a file without tests.
  const complaint = trouble ?? (outcome.passed + outcome.failed + outcome.skipped === 0 ? 'it ran no tests' : undefined)
  if (complaint && !outcome.failed) outcome.failed = 1

  const skipped = outcome.skipped ? `, ${outcome.skipped} skipped` : ''
  const line = `${relative('test', file)}: ${outcome.passed} passed${skipped} (${seconds(start)})`
  if (!outcome.failed) console.log(`ok  ${line}`)
  else console.log(`${output.trimEnd()}\nFAILED  ${line}, ${outcome.failed} failed${complaint ? `: ${complaint}` : ''}`)
  // The reason for a skip is part of the result.
  if (!outcome.failed && outcome.skipped)
    for (const reason of output.match(/^skipped: .+$/gm) ?? []) console.log(`    ${reason}`)
  return outcome
}

function inProcess(file: string): Promise<{ output: string; trouble?: string }> {
  return new Promise((resolve) => {
    // In its own process group, so that its child processes end with it.
    const child = spawn(process.execPath, ['--import', 'tsx', file], {
      cwd: PROJECT,
      // With SHLVL below 2 and a socket as stdin, bash believes it is a remote login and reads .bashrc, whose PATH may
      // hide a program that a test put first.
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0', SHLVL: '2' },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    running.add(child.pid!)
    let output = ''
    let late = false
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text
      })
    const timer = setTimeout(() => {
      late = true
      process.kill(-child.pid!, 'SIGKILL')
    }, FILE_SECONDS * 1000)
    child.on('exit', (code, signal) => {
      clearTimeout(timer)
      running.delete(child.pid!)
      endGroup(child.pid!)
      const trouble = late
        ? `not done after ${FILE_SECONDS} seconds`
        : signal
          ? `ended by ${signal}`
          : code
            ? `exit code ${code}`
            : undefined
      // A process it left behind may hold its pipes open; its own output is complete.
      setTimeout(() => resolve({ output, ...(trouble && { trouble }) }), 20)
    })
  })
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // The process group is already gone.
  }
}

/** uvu's summary. */
function counts(output: string): Outcome {
  const of = (label: string) =>
    [...output.matchAll(new RegExp(`^\\s+${label}:\\s+(\\d+)$`, 'gm'))].reduce((sum, [, n]) => sum + Number(n), 0)
  const [all, passed, skipped] = [of('Total'), of('Passed'), of('Skipped')]
  return { passed, failed: all - passed, skipped }
}

function seconds(start: number): string {
  return `${((Date.now() - start) / 1000).toFixed(1)}s`
}
