import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { $, type ProcessOutput, which } from 'zx'
import { Failure } from './errors.ts'

/** The state of a launchd job. A loaded job runs on its schedule; a disabled one cannot be loaded, not even at the next login. */
type Job = { label: string; loaded: boolean; disabled: boolean }

/** The jobs of one user's session, and the folder with their property lists. */
type Session = { uid: string; labels: string[]; plists: string }

export const OPTIONS = {
  labels: {
    about: "the monitor's launchd jobs, separated by commas",
    value: 'LABELS',
    default: 'com.openclaw.xmonitor.priority,com.openclaw.xmonitor.discovery',
  },
  plists: {
    about: 'the folder with their property lists',
    value: 'DIR',
    default: join('~', 'Library', 'LaunchAgents'),
  },
  uid: { about: 'the user whose session runs them (default: the current user)', value: 'UID' },
  'dry-run': { about: 'print the launchctl calls, change nothing' },
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
    throw new Failure(`Invalid label '${wrong}'.`, 'Separate launchd labels by commas, without spaces.', 2)
  const uid = given.uid ?? String(process.getuid?.() ?? '')
  if (!/^\d+$/.test(uid)) throw new Failure(`Invalid --uid '${uid}'.`, 'Give the number printed by id -u.', 2)
  return { uid, labels, plists: given.plists.replace(/^~(?=\/|$)/, homedir()) }
}

export async function hasLaunchctl(): Promise<boolean> {
  return (await which('launchctl', { nothrow: true })) !== null
}

/** The calls freeze makes for a job, in order. Disabling first keeps launchd from restarting it in between. */
export function freezeCalls({ uid }: Session, label: string): string[][] {
  return [
    ['disable', `gui/${uid}/${label}`],
    ['bootout', `gui/${uid}/${label}`],
  ]
}

/** The calls unfreeze makes for a job, in order. A disabled job cannot be loaded (launchctl error 5 or 119). */
export function unfreezeCalls({ uid, plists }: Session, label: string): string[][] {
  return [
    ['enable', `gui/${uid}/${label}`],
    ['bootstrap', `gui/${uid}`, plistOf(plists, label)],
  ]
}

/** Disables and stops the jobs, then verifies their state with launchd. */
export async function freeze(session: Session): Promise<Job[]> {
  const jobs = await Promise.all(session.labels.map((label) => jobOf(session, label)))
  for (const job of jobs) refuseUnknown(session, job)

  const frozen: Job[] = []
  for (const { label, loaded } of jobs) {
    const [disable, bootout] = freezeCalls(session, label)
    await requireSuccess(disable!)
    if (loaded) await stopJob(session, label, bootout!)
    frozen.push(await verify(session, { label, loaded: false, disabled: true }))
  }
  return frozen
}

/** Enables and loads the jobs, then verifies their state with launchd. */
export async function unfreeze(session: Session): Promise<Job[]> {
  for (const label of session.labels) {
    const plist = plistOf(session.plists, label)
    if (!existsSync(plist))
      throw new Failure(`${plist} does not exist.`, 'Give the folder with the property lists: --plists DIR', 2)
  }
  const running: Job[] = []
  for (const label of session.labels) {
    const [enable, bootstrap] = unfreezeCalls(session, label)
    await requireSuccess(enable!)
    if (!(await jobOf(session, label)).loaded) await loadJob(session, label, bootstrap!)
    running.push(await verify(session, { label, loaded: true, disabled: false }))
  }
  return running
}

export function callText(call: string[]): string {
  return ['launchctl', ...call.map((word) => (/^[\w./-]+$/.test(word) ? word : `'${word}'`))].join(' ')
}

const plistOf = (plists: string, label: string) => join(plists, `${label}.plist`)

async function jobOf({ uid }: Session, label: string): Promise<Job> {
  const printed = await launchctl(['print', `gui/${uid}/${label}`])
  if (printed.exitCode !== 0 && !/Could not find service/.test(printed.stderr)) throw sessionFailure(uid, printed)
  const overrides = await launchctl(['print-disabled', `gui/${uid}`])
  if (overrides.exitCode !== 0) throw sessionFailure(uid, overrides)
  // Newer systems write 'disabled', older ones 'true'.
  const disabled = overrides.stdout.split('\n').some((line) => {
    const [, name, state] = /"(.+)" => (\w+)/.exec(line) ?? []
    return name === label && (state === 'disabled' || state === 'true')
  })
  return { label, loaded: printed.exitCode === 0, disabled }
}

/** launchctl disables any label without complaint: a misspelt one would look frozen while the monitor keeps running. */
function refuseUnknown({ plists }: Session, { label, loaded, disabled }: Job): void {
  if (loaded || disabled || existsSync(plistOf(plists, label))) return
  throw new Failure(
    `launchd has no job ${label}, and ${plistOf(plists, label)} does not exist.`,
    'Compare --labels with: launchctl list | grep xmonitor',
    2,
  )
}

/** bootout may answer 'in progress' and finish later, so this waits until the job is gone. */
async function stopJob(session: Session, label: string, bootout: string[]): Promise<void> {
  const answer = await launchctl(bootout)
  if (![0, NOT_LOADED, IN_PROGRESS].includes(answer.exitCode ?? -1)) throw callFailure(bootout, answer)
  const deadline = Date.now() + STOP_WITHIN_MS
  while ((await jobOf(session, label)).loaded) {
    if (Date.now() > deadline) {
      throw new Failure(
        `${label} is still running ${STOP_WITHIN_MS / 1000}s after launchctl bootout.`,
        `Kill it (launchctl kill SIGKILL gui/${session.uid}/${label}), then run npm run freeze again.`,
      )
    }
    await pause(POLL_MS)
  }
}

/** launchd refuses to load a job for a second or two after stopping it. */
async function loadJob(session: Session, label: string, bootstrap: string[]): Promise<void> {
  for (let tries = 1; ; tries++) {
    const answer = await launchctl(bootstrap)
    if (answer.exitCode === 0 || (await jobOf(session, label)).loaded) return
    if (tries === BOOTSTRAP_TRIES) throw callFailure(bootstrap, answer)
    await pause(POLL_MS * tries)
  }
}

async function verify(session: Session, expected: Job): Promise<Job> {
  const job = await jobOf(session, expected.label)
  if (job.loaded === expected.loaded && job.disabled === expected.disabled) return job
  throw new Failure(
    `${job.label} should be ${stateOf(expected)}, but is ${stateOf(job)}.`,
    `Something else may start or stop it. See launchctl print gui/${session.uid}/${job.label}`,
  )
}

async function requireSuccess(call: string[]): Promise<void> {
  const answer = await launchctl(call)
  if (answer.exitCode !== 0) throw callFailure(call, answer)
}

function stateOf({ loaded, disabled }: Job): string {
  return `${loaded ? 'loaded' : 'not loaded'} and ${disabled ? 'disabled' : 'enabled'}`
}

function launchctl(call: string[]): Promise<ProcessOutput> {
  return $({ nothrow: true, quiet: true })`launchctl ${call}`
}

function callFailure(call: string[], { exitCode, stderr }: ProcessOutput): Failure {
  const hint = call[0] === 'bootstrap' ? `Check the file: plutil -lint '${call[2]}'.` : 'Run it by hand for details.'
  return new Failure(`${callText(call)} failed (exit ${exitCode}): ${oneLine(stderr)}`, `${hint} Then run this again.`)
}

function sessionFailure(uid: string, { exitCode, stderr }: ProcessOutput): Failure {
  return new Failure(
    `Cannot access the launchd session gui/${uid} (exit ${exitCode}): ${oneLine(stderr)}`,
    'Log in to the Mac directly, not over SSH or with sudo, as the user who runs the monitor; or give that user with --uid.',
  )
}

function oneLine(stderr: string): string {
  return stderr.trim().split('\n').join(' ') || 'no output'
}
