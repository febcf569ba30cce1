import { realpathSync } from 'node:fs'
import { command, wholeNumber } from './lib/cli.ts'
import { Failure } from './lib/errors.ts'
import { ApiClient } from './lib/follow/api-client.ts'
import { describeEvent } from './lib/follow/describe.ts'
import { type Event, Follower } from './lib/follow/follower.ts'
import { LiveSource } from './lib/follow/live-source.ts'
import { assertNotOlder } from './lib/follow/look.ts'
import { printUnit } from './lib/follow/service-unit.ts'
import { readNotes, State } from './lib/follow/state.ts'
import { describeHealth, readStatus, StatusFile } from './lib/follow/status.ts'
import { tokenSource } from './lib/follow/token-source.ts'
import { describeVerification, verify } from './lib/follow/verify.ts'
import { checkDefinitions } from './lib/move/definitions-check.ts'
import { print, progress } from './lib/output.ts'

await command({
  name: 'follow',
  about: "Keeps Postgres equal to the monitor's SQLite file through the API, while the monitor writes it.",
  options: {
    source: { about: "the monitor's SQLite file", value: 'FILE' },
    url: { about: 'the address of the API', value: 'URL' },
    'token-file': { about: 'a file with a token for the role ingest; without it, XMONITOR_TOKEN', value: 'FILE' },
    every: { about: 'seconds from one look to the next', value: 'N', default: '1' },
    once: { about: 'look once, send what changed, and end' },
    deletions: { about: 'remove from Postgres what is gone from the source; without it, such rows are only named' },
    'accept-older': { about: 'follow a file that is older than what was read before' },
    verify: { about: 'compare both sides by digests, name each row that differs, and end; exit 1 if any does' },
    repair: { about: 'with --verify: send the rows that differ, and compare again' },
    status: { about: 'print the status of a running follower; exit 1 if it is unhealthy' },
    'max-lag': { about: 'with --status: how many seconds it may be behind', value: 'N', default: '300' },
    print: { about: 'print a unit that runs it as a service: launchd, systemd or compose', value: 'KIND' },
    state: { about: 'where it records what was sent', value: 'FILE', default: 'data/follow.db' },
    rejects: { about: 'where rows go that cannot be stored', value: 'FILE', default: 'data/follow-rejects.jsonl' },
    'status-file': { about: 'where it writes its status', value: 'FILE', default: 'data/follow-status.json' },
  },
  example: '--source x_monitor.db --url https://YOUR.ADDRESS --token-file token',
  async run({ json, ...given }) {
    const every = wholeNumber('every', given.every, 1, 86_400)
    if (given.status) {
      const health = readStatus(given['status-file'], wholeNumber('max-lag', given['max-lag'], 1, 86_400))
      if (!health.healthy) process.exitCode = 1
      return { ...health, lines: () => describeHealth(health) }
    }
    if (given.repair && !given.verify)
      throw new Failure('--repair needs --verify.', 'Add it: npm run follow -- --verify --repair', 2)
    const [file, url] = [needed('source', given.source), needed('url', given.url)]
    if (!/^https?:/.test(url) || !URL.canParse(url))
      throw new Failure(`Invalid --url '${url}'.`, 'Give the address of the API: https://YOUR.ADDRESS', 2)
    if (given.print !== undefined) {
      const { state, rejects, 'status-file': status } = given
      const more = [
        ...(given.every === '1' ? [] : ['--every', given.every]),
        ...(given.deletions ? ['--deletions'] : []),
      ]
      const tokenFile = needed('token-file', given['token-file'])
      print(printUnit(given.print, { source: file, url, tokenFile, state, rejects, status, more }))
      return undefined
    }

    const token = tokenSource(given['token-file'])
    // Before anything is written: a wrong file is named now.
    await token()
    const api = new ApiClient(url, token)
    new LiveSource(file).close()
    await checkDefinitions(file, { compileOnly: true })
    if (given.verify) {
      const verification = await compareOnce(file, api, given)
      return { ...verification, lines: () => describeVerification(verification) }
    }

    const identity = { source: realpathSync(file), url: api.url }
    const state = new State(given.state, identity, given.rejects)
    const status = new StatusFile(given['status-file'], state, { ...identity, everySeconds: every }, (notice) =>
      show(notice, json),
    )
    const follower = new Follower({
      file,
      state,
      api,
      acceptOlder: given['accept-older'],
      deletions: given.deletions,
      report(event) {
        status.note(event)
        show(event, json)
      },
      afterRound: (round) => status.round(round),
    })
    try {
      if (given.once) await follower.once()
      else await follower.run(every * 1000, untilStopped())
    } finally {
      follower.close()
      state.close()
    }
    return undefined
  },
  show: ({ lines }) => lines().forEach(print),
})

function needed(flag: string, value: string | undefined): string {
  if (value !== undefined) return value
  throw new Failure(`--${flag} is required.`, 'Give it: npm run follow -- --source FILE --url URL --token-file FILE', 2)
}

/** A follower may be running with the state file: what is repaired beside it needs none. */
async function compareOnce(
  file: string,
  api: ApiClient,
  options: { repair: boolean; deletions: boolean; state: string; 'accept-older': boolean },
) {
  const { repair, deletions } = options
  const source = new LiveSource(file)
  const identity = { source: realpathSync(file), url: api.url }
  const state = repair ? new State(':memory:', identity) : undefined
  try {
    if (repair && !options['accept-older']) {
      const notes = readNotes(options.state, identity)
      source.read((readers) => assertNotOlder(file, readers, (name) => notes.get(name)))
    }
    const verification = await verify(source, api, state && { state, deletions })
    if (!verification.equal) process.exitCode = 1
    return verification
  } finally {
    source.close()
    state?.close()
  }
}

function show(event: Event, json: boolean): void {
  if (json) print(JSON.stringify({ at: new Date().toISOString(), ...event }))
  else if (event.event === 'trouble' || event.event === 'recovered') progress(describeEvent(event))
  else print(describeEvent(event))
}

function untilStopped(): AbortSignal {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stop.abort())
  return stop.signal
}
