import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import { PROJECT } from '../tooling/lib/project.ts'

const NAME = 'bend'

const test = suite('every command')
const folder = mkdtempSync(join(tmpdir(), 'xmonitor-cli-'))
test.after(() => rmSync(folder, { recursive: true }))

const file = join(folder, 'command.mts')
writeFileSync(
  file,
  `import { command } from ${JSON.stringify(join(PROJECT, 'tooling/lib/cli.ts'))}
  await command({
    name: '${NAME}',
    about: 'Bends a spoon.',
    options: {
      spoon: { about: 'which', value: 'SPOON', required: true },
      by: { about: 'degrees', value: 'N', default: '90' },
    },
    example: '--spoon tea',
    usesDatabase: true,
    async run({ spoon, by }) {
      if (spoon === 'slow') {
        console.error('bending')
        await new Promise((done) => setTimeout(done, 60_000))
      }
      if (spoon === 'none') throw new TypeError('there is no spoon')
      return { spoon, by }
    },
  })`,
)

function bend(...flags: string[]) {
  const args = ['--import', import.meta.resolve('tsx'), file, ...flags]
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', cwd: folder })
  return { status, stdout, stderr }
}

test('a flag without a value, with an empty one or followed by another flag is refused in two lines', () => {
  const refusals: [flags: string[], said: string][] = [
    [[], `error: --spoon is required.\n  Give it: npm run ${NAME} -- --spoon SPOON\n`],
    [['--spoon', ''], `error: --spoon is empty.\n  Give it: npm run ${NAME} -- --spoon SPOON\n`],
    [['--spoon', 'tea', '--by', ''], `error: --by is empty.\n  Give it: npm run ${NAME} -- --by N\n`],
    [['--spoon'], `error: --spoon has no value.\n  Give it: npm run ${NAME} -- --spoon=SPOON\n`],
    [['--spoon', '--by'], `error: --spoon has no value.\n  Give it: npm run ${NAME} -- --spoon=SPOON\n`],
    [['--spoon', 'tea', '--by', '-1'], `error: --by has no value.\n  Give it: npm run ${NAME} -- --by=N\n`],
  ]
  for (const [flags, stderr] of refusals) assert.deepEqual(bend(...flags), { status: 2, stdout: '', stderr })
})

test('an .env that is not a file is named', () => {
  mkdirSync(join(folder, '.env'))
  const { status, stderr } = bend('--spoon', 'tea')
  rmdirSync(join(folder, '.env'))
  assert.match(stderr, /^error: \.env cannot be read: .+\n {2}Make it a readable file/)
  assert.equal(status, 2)
})

test('under --json stdout is JSON even after an unexpected error, and stderr has the stack', () => {
  assert.deepEqual(JSON.parse(bend('--spoon', 'tea', '--json').stdout), { spoon: 'tea', by: '90' })
  const { status, stdout, stderr } = bend('--spoon', 'none', '--json')
  assert.equal(status, 1)
  assert.deepEqual(JSON.parse(stdout), {
    error: 'unexpected: there is no spoon',
    next: 'This is a bug. Please report it with the output on stderr.',
  })
  assert.match(stderr, /^error: unexpected: TypeError: there is no spoon\n {4}at .*command\.mts/)
})

test('the help shows the options, an example and the database', () => {
  const { status, stdout } = bend('--help')
  assert.equal(status, 0)
  assert.equal(
    stdout,
    `Bends a spoon.

Usage: npm run ${NAME} -- [options]

  --spoon SPOON  which (required)
  --by N         degrees (default: 90)
  --json         print the result as JSON on stdout
  --help         show this help

Database: DATABASE_URL, or libpq's PGHOST, PGDATABASE, ...; set in the environment or in .env
Example: npm run ${NAME} -- --spoon tea
`,
  )
})

test("every command's example has what it requires, and names the database if it uses one", async () => {
  const { scripts } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'))
  const commands = Object.entries<string>(scripts).flatMap(([name, script]) => {
    const [, path] = /tsx (tooling\/[\w-]+\.ts)$/.exec(script) ?? []
    return path && name !== 'check' ? [{ name, path: join(PROJECT, path) }] : []
  })
  assert.ok(commands.length > 20)
  for (const { name, path } of commands) {
    const text = readFileSync(path, 'utf8')
    const [, example] = /^ {2}example: '(.+)',$/m.exec(text) ?? []
    for (const [, option] of text.matchAll(/^ {4}'?([\w-]+)'?: \{.*required: true/gm))
      assert.ok(example?.includes(`--${option} `), `${name}: no example with --${option}`)
    if (/postgres\/(database|migrations)|lib\/move\/(import|migrate|rollback|validation)/.test(text))
      assert.match(text, /^ {2}usesDatabase: true,$/m, name)
  }
})

test('Ctrl-C ends it with what to do', async () => {
  const args = ['--import', import.meta.resolve('tsx'), file, '--spoon', 'slow', '--json']
  const child = spawn(process.execPath, args, { cwd: folder })
  const ended = once(child, 'close')
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (data) => {
    stdout += data
  })
  child.stderr.on('data', (data) => {
    stderr += data
    if (stderr.includes('bending')) child.kill('SIGINT')
  })
  assert.deepEqual(await ended, [130, null])
  assert.deepEqual(JSON.parse(stdout), { error: 'Interrupted.', next: 'Run this again.' })
  assert.equal(stderr, 'bending\nerror: Interrupted.\n  Run this again.\n')
})

test.run()
