import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, rmSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../lib/processes.ts'
import { PROJECT } from '../lib/project.ts'
import { median, type Row } from './figures.ts'

const PAGE = join(PROJECT, 'web/dist/index.html')
const ROUNDS = 3
const SECONDS_ALLOWED = 5
const PATIENCE = 120_000

export const ABOUT_START = `From the call of \`npm start\` to the first answer of \`GET /v1/feed\`, and until it prints the address of the page, the median of ${ROUNDS}.
The first start makes the database, the demo's posts and the page; the second finds them.`

type Times = { answer: number; page: number }

/** From npm start to the first answer and to the address of the page, in seconds: after an install, and again. */
export async function benchStart(): Promise<Row[]> {
  const [first, again]: [Times[], Times[]] = [[], []]
  for (let round = 0; round < ROUNDS; round++) {
    const folder = mkdtempSync(join(tmpdir(), 'xmonitor-bench-start-'))
    // Where the server's user may pass, as in a project folder of the usual kind.
    chmodSync(folder, 0o711)
    try {
      // As after an install: the page is older than its sources, so it is built.
      if (existsSync(PAGE)) utimesSync(PAGE, 0, 0)
      first.push(await secondsToStart(folder))
      again.push(await secondsToStart(folder))
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
  const row = (what: string, seconds: number): Row => ({
    what: `${what}, against the ${SECONDS_ALLOWED} s that are allowed`,
    value: `${seconds.toFixed(1)} s`,
    ratio: seconds / SECONDS_ALLOWED,
    reach: '<= 1',
  })
  return [
    row('npm start after an install', median(first.map(({ answer }) => answer))),
    row('the same until the page is built', median(first.map(({ page }) => page))),
    row('npm start again', median(again.map(({ answer }) => answer))),
  ]
}

async function secondsToStart(folder: string): Promise<Times> {
  const port = await freePort()
  const start = performance.now()
  // In a process group of its own, so that npm and what it started can be ended together.
  const child = spawn('npm', ['start', '--', '--data', join(folder, 'data'), '--port', String(port)], {
    cwd: PROJECT,
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const exited = once(child, 'exit')
  const seconds = () => (performance.now() - start) / 1000
  const page = new Promise<number>((resolve) =>
    child.stdout.setEncoding('utf8').on('data', (text: string) => text.includes('Page: ') && resolve(seconds())),
  )
  try {
    while (!(await answers(`http://127.0.0.1:${port}/v1/feed`))) {
      if (child.exitCode !== null) throw new Error(`npm start ended with exit code ${child.exitCode}.`)
      if (performance.now() - start > PATIENCE) throw new Error('npm start gave no answer in two minutes.')
      await sleep(20)
    }
    return { answer: seconds(), page: await page }
  } finally {
    if (child.exitCode === null) process.kill(-child.pid!, 'SIGTERM')
    await exited
  }
}

function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    ({ ok }) => ok,
    () => false,
  )
}
