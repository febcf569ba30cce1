import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { isClosed } from './lib/api/postgrest-settings.ts'
import { command } from './lib/cli.ts'
import { Failure } from './lib/errors.ts'
import { checkMounts } from './lib/local/container-mounts.ts'
import { SECRETS } from './lib/local/setup-env.ts'
import { print, progress } from './lib/output.ts'
import { PROJECT } from './lib/project.ts'

const PAGE = 'web/dist/index.html'
const READY_SECONDS = 60

await command({
  name: 'stack',
  about: 'Runs the whole product in containers, with docker compose.',
  actions: {
    up: 'start or update it, and wait until it answers',
    down: 'stop it; the data is kept',
    logs: 'follow the logs of its containers',
    reset: 'stop it and delete its data (with --yes)',
  },
  options: {
    demo: { about: 'up: then move the demo data in' },
    observe: { about: 'up: with Prometheus and Grafana' },
    yes: { about: 'reset: confirm the deletion' },
  },
  example: 'up --demo',
  async run({ demo, observe, yes }, action) {
    process.chdir(PROJECT)
    if (action === 'reset' && !yes)
      throw new Failure('This deletes the database of the stack.', 'To confirm, run: npm run stack -- reset --yes', 2)
    checkSecrets()
    await checkDocker()

    const everything = ['--profile', '*']
    if (action === 'down') await compose([...everything, 'down'])
    if (action === 'reset') await compose([...everything, 'down', '--volumes'])
    if (action === 'logs') await compose([...everything, 'logs', '--follow', '--tail', '100'])
    if (action !== 'up') return { action }

    if (!existsSync(PAGE)) progress('The page is not built, so only the API will answer. Build it: npm run build')
    checkMounts()
    const profiles = observe ? ['--profile', 'observe'] : []
    await compose([...profiles, 'up', '--detach', '--remove-orphans'])
    const url = `http://localhost:${process.env.WEB_PORT || 8080}`
    await waitFor(`${url}/v1/health`)
    if (demo) {
      progress('Moving the demo data in. The first time this installs the tooling, which takes a minute or two.')
      await compose(['--profile', 'demo', 'run', '--rm', '--no-TTY', 'demo'])
    }
    return { action, url, grafana: observe ? `http://localhost:${process.env.GRAFANA_PORT || 3001}` : undefined }
  },
  show({ url, grafana }) {
    if (url) print(`The stack is ready: ${url}`)
    if (url && isClosed(process.env))
      print(`The feed is private. A link for a reader: npm run token -- --role reader --url ${url}`)
    if (grafana) print(`Grafana (admin, GRAFANA_PASSWORD of .env): ${grafana}`)
  },
})

function checkSecrets(): void {
  const missing = SECRETS.filter((name) => !process.env[name])
  if (missing.length) throw new Failure(`.env has no ${missing.join(', ')}.`, 'Generate them: npm run setup:env', 2)
}

async function checkDocker(): Promise<void> {
  const next =
    'Install Docker 25 or newer with its compose plugin and start it, or run the product without it: npm start'
  if ((await exitCode('docker', ['compose', 'version'], 'ignore')) !== 0)
    throw new Failure('docker compose cannot be run.', next)
  if ((await exitCode('docker', ['info'], 'ignore')) !== 0)
    throw new Failure('The Docker engine does not answer.', next)
}

/** The output of compose goes to stderr: stdout is for the result. */
async function compose(args: string[]): Promise<void> {
  const code = await exitCode('docker', ['compose', ...args], ['inherit', 2, 2])
  if (code !== 0)
    throw new Failure(
      `docker compose ${args.join(' ')} failed with exit code ${code}.`,
      'See its output above, and npm run stack -- logs.',
    )
}

function exitCode(program: string, args: string[], stdio: 'ignore' | ['inherit', 2, 2]): Promise<number> {
  return new Promise((done) => {
    const child = spawn(program, args, { stdio })
    // Ctrl-C goes to compose too, which ends by itself; ending `logs` with it is not a failure.
    const ignore = () => {}
    process.on('SIGINT', ignore)
    child.once('error', () => done(127))
    child.once('exit', (code, signal) => {
      process.off('SIGINT', ignore)
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
      throw new Failure(`${url} does not answer after ${READY_SECONDS} seconds.`, 'See why: npm run stack -- logs')
}
