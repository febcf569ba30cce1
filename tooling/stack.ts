import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { command } from './lib/cli.ts'
import { Failure } from './lib/errors.ts'
import { SECRETS } from './lib/local/setup-env.ts'
import { print, progress } from './lib/output.ts'
import { PROJECT } from './lib/project.ts'

const PAGE = 'web/dist/index.html'
const READY_SECONDS = 60

await command({
  name: 'stack',
  about: 'The whole product in containers, by docker compose.',
  actions: {
    up: 'start it, or bring it up to date, and wait until it answers',
    down: 'stop it; the data stays',
    logs: 'follow what its containers say',
    reset: 'stop it and delete its data (with --yes)',
  },
  options: {
    demo: { about: 'up: move the demo data in' },
    observe: { about: 'up: start Prometheus and Grafana too' },
    yes: { about: 'reset: yes, delete the data' },
  },
  async run({ demo, observe, yes }, action) {
    process.chdir(PROJECT)
    if (action === 'reset' && !yes)
      throw new Failure('This deletes the database of the stack.', 'Say so: npm run stack -- reset --yes', 2)
    checkSecrets()
    await checkDocker()

    const everything = ['--profile', '*']
    if (action === 'down') await compose([...everything, 'down'])
    if (action === 'reset') await compose([...everything, 'down', '--volumes'])
    if (action === 'logs') await compose([...everything, 'logs', '--follow', '--tail', '100'])
    if (action !== 'up') return { action }

    if (!existsSync(PAGE)) progress('The page is not built, so only the API will answer. Build it: npm run build')
    const profiles = [...(demo ? ['--profile', 'demo'] : []), ...(observe ? ['--profile', 'observe'] : [])]
    await compose([...profiles, 'up', '--detach', '--remove-orphans'])
    const url = `http://localhost:${process.env.WEB_PORT || 8080}`
    await waitFor(`${url}/v1/health`)
    return { action, url, grafana: observe ? `http://localhost:${process.env.GRAFANA_PORT || 3001}` : undefined }
  },
  show({ url, grafana }) {
    if (url) print(`The stack answers: ${url}`)
    if (grafana) print(`Grafana (admin, GRAFANA_PASSWORD of .env): ${grafana}`)
  },
})

function checkSecrets(): void {
  const missing = SECRETS.filter((name) => !process.env[name])
  if (missing.length) throw new Failure(`.env has no ${missing.join(', ')}.`, 'Write random ones: npm run setup:env', 2)
}

async function checkDocker(): Promise<void> {
  const next = 'Install Docker with its compose plugin and start it, or run the product without: npm start'
  if ((await exitCode('docker', ['compose', 'version'], 'ignore')) !== 0)
    throw new Failure('docker compose cannot be run.', next)
  if ((await exitCode('docker', ['info'], 'ignore')) !== 0) throw new Failure('No Docker engine answers.', next)
}

/** What compose says goes to stderr: stdout is for the result. */
async function compose(args: string[]): Promise<void> {
  const code = await exitCode('docker', ['compose', ...args], ['inherit', 2, 2])
  if (code !== 0)
    throw new Failure(`docker compose ${args.join(' ')} failed (${code}).`, 'Look at: npm run stack -- logs')
}

function exitCode(program: string, args: string[], stdio: 'ignore' | ['inherit', 2, 2]): Promise<number> {
  return new Promise((done) => {
    const child = spawn(program, args, { stdio })
    // Ctrl-C is for compose, which ends in its own way; to end `logs` by it is no failure.
    const leaveIt = () => {}
    process.on('SIGINT', leaveIt)
    child.once('error', () => done(127))
    child.once('exit', (code, signal) => {
      process.off('SIGINT', leaveIt)
      done(signal === 'SIGINT' || code === 130 ? 0 : (code ?? 1))
    })
  })
}

async function waitFor(url: string): Promise<void> {
  const ok = () =>
    fetch(url).then(
      (response) => response.ok,
      () => false,
    )
  for (const end = Date.now() + READY_SECONDS * 1000; !(await ok()); await sleep(500))
    if (Date.now() > end)
      throw new Failure(`${url} does not answer after ${READY_SECONDS} seconds.`, 'Look at: npm run stack -- logs')
}
