import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { $, type ProcessOutput, which } from 'zx'
import { Failure } from './errors.ts'

/** launchd's job as it stands: loaded jobs run by their schedule, disabled ones cannot be loaded, not even at the next login. */
type Job = { label: string; loaded: boolean; disabled: boolean }

/** The jobs of one user's session, and where their property lists lie. */
type Session = { uid: string; labels: string[]; plists: string }

export const OPTIONS = {
  labels: {
    about: 'the launchd jobs of the monitor, separated by commas',
    value: 'LABELS',
    default: 'com.openclaw.xmonitor.priority,com.openclaw.xmonitor.discovery',
  },
  plists: { about: 'the folder of their property lists', value: 'DIR', default: join('~', 'Library', 'LaunchAgents') },
  uid: { about: 'the user whose session runs them; by default who runs this', value: 'UID' },
  'dry-run': { about: 'print the calls and change nothing' },
} as const

/** launchd sends SIGTERM and, 20 seconds later, SIGKILL. */
const STOP_WITHIN_MS = 30_000
const POLL_MS = 250
const BOOTSTRAP_TRIES = 4

const NOT_LOADED = 3
const IN_PROGRESS = 36

export function sessionOf(given: { labels: string; plists: string; uid: string | undefined }): Session {
  const labels = given.labels.split(',').map((label) => label.trim())
  const wrong = labels.find((label) => !/^[\w.-]+$/.test(label))
  if (wrong !== undefined)
    throw new Failure(`'${wrong}' is no label of a launchd job.`, 'Separate labels by commas.', 2)
  const uid = given.uid ?? String(process.getuid?.() ?? '')
  if (!/^\d+$/.test(uid)) throw new Failure(`--uid is '${uid}'.`, 'Give the number that id -u prints.', 2)
  return { uid, labels, plists: given.plists.replace(/^~(?=\/|$)/, homedir()) }
}

/** Whether this machine has launchd at all. */
export async function hasLaunchctl(): Promise<boolean> {
  return (await which('launchctl', { nothrow: true })) !== null
}

/** The calls that freeze makes for a job, in order. Disabled first, so that nothing loads it again in between. */
export function freezeCalls({ uid }: Session, label: string): string[][] {
  return [
    ['disable', `gui/${uid}/${label}`],
    ['bootout', `gui/${uid}/${label}`],
  ]
}

/** The calls that unfreeze makes for a job, in order. A disabled job cannot be loaded (launchctl says error 5 or 119). */
export function unfreezeCalls({ uid, plists }: Session, label: string): string[][] {
  return [
    ['enable', `gui/${uid}/${label}`],
    ['bootstrap', `gui/${uid}`, plistOf(plists, label)],
  ]
}

/** Stops the jobs and keeps them from coming back; then asks launchd whether that is so. */
export async function freeze(session: Session): Promise<Job[]> {
  const jobs = await Promise.all(session.labels.map((label) => jobOf(session, label)))
  for (const job of jobs) refuseUnknown(session, job)

  const frozen: Job[] = []
  for (const { label, loaded } of jobs) {
    const [disable, bootout] = freezeCalls(session, label)
    await must(disable!)
    if (loaded) await stop(session, label, bootout!)
    frozen.push(await verified(session, { label, loaded: false, disabled: true }))
  }
  return frozen
}

/** Lets the jobs run again and loads them; then asks launchd whether that is so. */
export async function unfreeze(session: Session): Promise<Job[]> {
  for (const label of session.labels) {
    const plist = plistOf(session.plists, label)
    if (!existsSync(plist))
      throw new Failure(`There is no file ${plist}.`, 'Name the folder it lies in: --plists DIR', 2)
  }
  const running: Job[] = []
  for (const label of session.labels) {
    const [enable, bootstrap] = unfreezeCalls(session, label)
    await must(enable!)
    if (!(await jobOf(session, label)).loaded) await load(session, label, bootstrap!)
    running.push(await verified(session, { label, loaded: true, disabled: false }))
  }
  return running
}

export function callText(call: string[]): string {
  return ['launchctl', ...call.map((word) => (/^[\w./-]+$/.test(word) ? word : `'${word}'`))].join(' ')
}

const plistOf = (plists: string, label: string) => join(plists, `${label}.plist`)

async function jobOf({ uid }: Session, label: string): Promise<Job> {
  const printed = await launchctl(['print', `gui/${uid}/${label}`])
  if (printed.exitCode !== 0 && !/Could not find service/.test(printed.stderr)) throw noSession(uid, printed)
  const overrides = await launchctl(['print-disabled', `gui/${uid}`])
  if (overrides.exitCode !== 0) throw noSession(uid, overrides)
  // Newer systems write 'disabled', older ones 'true'.
  const disabled = overrides.stdout.split('\n').some((line) => {
    const [, name, state] = /"(.+)" => (\w+)/.exec(line) ?? []
    return name === label && (state === 'disabled' || state === 'true')
  })
  return { label, loaded: printed.exitCode === 0, disabled }
}

/** launchctl disables any name without a word: a misspelt label would look frozen while the monitor runs on. */
function refuseUnknown({ plists }: Session, { label, loaded, disabled }: Job): void {
  if (loaded || disabled || existsSync(plistOf(plists, label))) return
  throw new Failure(
    `launchd knows no job ${label}, and there is no ${plistOf(plists, label)}.`,
    'Check --labels against: launchctl list | grep xmonitor',
    2,
  )
}

/** bootout may answer 'in progress' and go on: what counts is that the job goes away. */
async function stop(session: Session, label: string, bootout: string[]): Promise<void> {
  const answer = await launchctl(bootout)
  if (![0, NOT_LOADED, IN_PROGRESS].includes(answer.exitCode ?? -1)) throw refused(bootout, answer)
  const deadline = Date.now() + STOP_WITHIN_MS
  while ((await jobOf(session, label)).loaded) {
    if (Date.now() > deadline) {
      throw new Failure(
        `${label} still runs ${STOP_WITHIN_MS / 1000}s after launchctl bootout.`,
        `End it: launchctl kill SIGKILL gui/${session.uid}/${label} - then run npm run freeze again.`,
      )
    }
    await pause(POLL_MS)
  }
}

/** A job that was stopped a moment ago may still be draining, and launchd then refuses it for a second or two. */
async function load(session: Session, label: string, bootstrap: string[]): Promise<void> {
  for (let tries = 1; ; tries++) {
    const answer = await launchctl(bootstrap)
    if (answer.exitCode === 0 || (await jobOf(session, label)).loaded) return
    if (tries === BOOTSTRAP_TRIES) throw refused(bootstrap, answer)
    await pause(POLL_MS * tries)
  }
}

async function verified(session: Session, expected: Job): Promise<Job> {
  const job = await jobOf(session, expected.label)
  if (job.loaded === expected.loaded && job.disabled === expected.disabled) return job
  throw new Failure(
    `${job.label} is ${job.loaded ? 'loaded' : 'not loaded'} and ${job.disabled ? 'disabled' : 'enabled'} after all.`,
    `Something else starts or stops it. Look with: launchctl print gui/${session.uid}/${job.label}`,
  )
}

async function must(call: string[]): Promise<void> {
  const answer = await launchctl(call)
  if (answer.exitCode !== 0) throw refused(call, answer)
}

function launchctl(call: string[]): Promise<ProcessOutput> {
  return $({ nothrow: true, quiet: true })`launchctl ${call}`
}

function refused(call: string[], { exitCode, stderr }: ProcessOutput): Failure {
  const hint = call[0] === 'bootstrap' ? `Check the file: plutil -lint '${call[2]}'.` : 'Run it by hand to see more.'
  return new Failure(`${callText(call)} failed (exit ${exitCode}): ${said(stderr)}`, `${hint} Then run this again.`)
}

function noSession(uid: string, { exitCode, stderr }: ProcessOutput): Failure {
  return new Failure(
    `launchd gives no access to the session gui/${uid} (exit ${exitCode}): ${said(stderr)}`,
    'Log in at the screen of the Mac as the user who runs the monitor, without sudo, or name that user with --uid.',
  )
}

function said(stderr: string): string {
  return stderr.trim().split('\n').join(' ') || 'it said nothing'
}
