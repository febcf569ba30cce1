import { command, wholeNumber } from './lib/cli.ts'
import { Failure } from './lib/errors.ts'
import { startLocal } from './lib/local/start-local.ts'
import { showImport, showMoved } from './lib/move/summary.ts'
import { print, progress } from './lib/output.ts'

const stops: (() => Promise<void>)[] = []

/** In the order opposite to the starts. */
async function stopAll(): Promise<void> {
  for (let stop = stops.pop(); stop; stop = stops.pop()) await stop()
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, async () => {
    progress('Stopping')
    await stopAll()
    process.exit(0)
  })

/** Nothing can be served without it. */
async function endWith(failure: Failure): Promise<void> {
  progress(`error: ${failure.message}`)
  await stopAll()
  process.exit(1)
}

await command({
  name: 'start',
  about: 'Runs everything on this machine: a Postgres of its own, the move of the source, the API and the page.',
  options: {
    source: { about: "the monitor's SQLite file; without it, invented posts", value: 'FILE' },
    port: {
      about: 'the port of the page and the API; the next free one when it is taken',
      value: 'N',
      default: '4180',
    },
    data: { about: 'where Postgres and the move keep their files', value: 'FOLDER', default: '.data' },
    fresh: { about: 'remove the data of earlier starts first' },
    private: { about: 'reading needs a token, which the printed link contains' },
    follow: { about: 'go on sending what changes in the source' },
    verbose: { about: 'print each request' },
  },
  example: '--source x_monitor.db',
  async run({ source, port, data, fresh, private: isPrivate, follow, verbose }) {
    if (follow && source === undefined)
      throw new Failure('--follow needs --source.', 'Give a file to follow: npm start -- --source FILE --follow', 2)
    if (isPrivate && process.env.POSTGREST_URL)
      throw new Failure(
        '--private has no effect on the PostgREST of POSTGREST_URL.',
        'Set PGRST_DB_ANON_ROLE=web_closed there and here, and leave --private out.',
        2,
      )
    const options = { source, data, port: wholeNumber('port', port, 1, 65535), fresh, isPrivate, follow, verbose }
    try {
      return await startLocal({ ...options, started: (stop) => stops.push(stop), lost: endWith })
    } catch (error) {
      await stopAll()
      throw error
    }
  },
  show({ url, page, engine, isDemo, data, report }) {
    showImport(report.import!)
    showMoved(report)
    print(`API: ${url}/v1 and ${url}/api, by ${engine}`)
    const folder = data === '.data' ? '' : ` --data ${data}`
    print(`Token for the calls that write: npm run token -- --local${folder}`)
    if (isDemo) print('Demo: these posts are invented. To show your own: npm start -- --source FILE')
    print(`Data: ${data}. To start afresh: npm start -- --fresh${folder}`)
    print('Ctrl-C stops it.')
    print(`Page: ${page}`)
  },
})
