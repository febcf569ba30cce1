import assert from 'node:assert/strict'
import { join } from 'node:path'
import { suite } from 'uvu'
import { $, which } from 'zx'
import { PROJECT } from '../tooling/lib/project.ts'

// What a step prints while it runs: two lines in a log, one line that is rewritten on a terminal.

const test = suite('steps')

const SLOW = `
  import { progress, step } from '${join(PROJECT, 'tooling/lib/output.ts')}'
  await step(['Importing', 'Imported'], 'posts', async (tick) => {
    progress('a word in between')
    for (let rows = 0; rows <= 10_240; rows += 512) {
      tick(rows, 20_480)
      await new Promise((resolve) => setTimeout(resolve, 150))
    }
    return 20_480
  }, (rows) => \`\${rows} rows\`)
  await step(['Deriving', 'Derived'], 'nothing', () => { throw new Error('no') }).catch(() => {})`

const run = $({ quiet: true, nothrow: true, cwd: PROJECT })
const program = ['--import', 'tsx', '--input-type=module', '-e', SLOW]

test('a log has a line before and a line after', async () => {
  const { stderr } = await run`${process.execPath} ${program}`
  assert.match(
    stderr,
    /^Importing: posts\na word in between\nImported: posts, 20480 rows in \d+\.\ds\nDeriving: nothing\n$/,
  )
})

test('nothing that is printed acts on a terminal: no control character, old or new, and no change of direction', async () => {
  const hostile = String.raw`\u001b[2J\u009b1A\u0007\u007f\r\u202e\u2066\u200f`
  const saying = `
    import { escapeName, print, progress, step } from '${join(PROJECT, 'tooling/lib/output.ts')}'
    const hostile = "a${hostile}"
    print(hostile + '\\n\\t.')
    print(escapeName(hostile + '\\n\\t.'))
    progress(hostile)
    await step([hostile, hostile], hostile, () => {}, () => hostile)`
  const { stdout, stderr } = await run`${process.execPath} ${[...program.slice(0, -1), saying]}`
  const escaped = `a${hostile.replace('\\r', '\\u000d')}`
  assert.equal(stdout, `${escaped}\n\t.\n${escaped}\\u000a\\u0009.\n`)
  assert.match(stderr, /in \d+\.\ds\n$/)
  assert.doesNotMatch(stderr, /[^\P{Cc}\n]|\p{Bidi_Control}/u)
})

const script = await which('script', { nothrow: true })
const onTerminal = script && process.platform === 'linux' ? test : test.skip
if (onTerminal === test.skip) console.log('skipped: no util-linux script here, which gives the command a terminal')

onTerminal('a terminal has one line, rewritten, with rows, rate and time left after two seconds', async () => {
  const command = [process.execPath, ...program].map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ')
  const { stdout } = await run`script -qec ${command} /dev/null`
  const lines = stdout
    .trimEnd()
    .split('\r\n')
    .map((line) => line.split('\r\x1b[K').filter(Boolean))
  assert.deepEqual(lines[0], ['Importing: posts', 'a word in between'])
  const [first, ...redrawn] = lines[1]!
  assert.equal(first, 'Importing: posts')
  assert.match(redrawn.at(-1)!, /^Imported: posts, 20480 rows in \d+\.\ds$/)
  const numbers = redrawn.slice(0, -1)
  assert.ok(numbers.length > 1, stdout)
  for (const line of numbers) assert.match(line, /^Importing: posts, [\d,]+ of 20,480 rows, [\d,]+\/s, \d+s left$/)
  assert.equal(lines[2]!.at(-1), 'Deriving: nothing')
})

test.run()
