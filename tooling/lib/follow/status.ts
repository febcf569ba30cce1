import { readFileSync } from 'node:fs'
import { Failure } from '../errors.ts'
import { hasFile, writeJson } from '../files.ts'
import { Attempts, type Notice } from './attempts.ts'
import type { Event } from './follower.ts'
import type { State } from './state.ts'

/** Written at least this often, so that a reader can tell a follower that is idle from one that is gone. */
const HEARTBEAT_MS = 30_000

/** What a monitoring system reads, as JSON. Instants are ISO 8601 in UTC. */
export type Status = {
  pid: number
  source: string
  url: string
  started_at: string
  written_at: string
  every_seconds: number
  /** When it last looked at the source without a failure, and when the server last took everything there was. */
  last_look: string | null
  last_success: string | null
  /** Rows per table that the server has not taken yet, and since when the oldest of them waits. */
  waiting: Record<string, number>
  lag_seconds: number
  /** Rows that are gone from the source and still in Postgres, that a rule rejected, and that the server refused. */
  gone: Record<string, number>
  rejected: Record<string, number>
  refused: Record<string, number>
  /** What does not work at the moment. */
  trouble: { fact: string; next: string; since: string } | null
}

/** Keeps the status file of a running follower. */
export class StatusFile {
  readonly #file: string
  readonly #state: State
  readonly #status: Status
  readonly #writing: Attempts
  #writtenAt = 0

  /** A file that cannot be written is reported, and tried again later: it is no reason not to follow. */
  constructor(
    file: string,
    state: State,
    { source, url, everySeconds }: { source: string; url: string; everySeconds: number },
    report: (notice: Notice) => void,
  ) {
    this.#file = file
    this.#state = state
    this.#writing = new Attempts(HEARTBEAT_MS, report)
    this.#status = {
      pid: process.pid,
      source,
      url,
      started_at: now(),
      written_at: now(),
      every_seconds: everySeconds,
      last_look: null,
      last_success: null,
      waiting: {},
      lag_seconds: 0,
      gone: {},
      rejected: {},
      refused: {},
      trouble: null,
    }
  }

  note(event: Event): void {
    if (event.event === 'trouble') this.#status.trouble = { fact: event.fact, next: event.next, since: now() }
    if (event.event === 'recovered') this.#status.trouble = null
    this.#writtenAt = 0
  }

  /** Called after each round: writes the file when something happened, and from time to time when nothing did. */
  async round({ looked }: { looked: boolean }): Promise<void> {
    if (looked) this.#status.last_look = now()
    const oldest = this.#state.outbox.oldest
    if (looked && oldest === undefined) this.#status.last_success = now()
    if (Date.now() - this.#writtenAt < HEARTBEAT_MS) return
    const counts = this.#state.outbox.counts()
    const per = (kind: 'waiting' | 'gone' | 'refused') =>
      Object.fromEntries(counts.filter((count) => count[kind] > 0).map((count) => [count.source, count[kind]]))
    this.#status.waiting = per('waiting')
    this.#status.gone = per('gone')
    this.#status.rejected = this.#state.countRejected()
    this.#status.refused = per('refused')
    this.#status.lag_seconds = oldest === undefined ? 0 : Math.round((Date.now() - oldest) / 1000)
    this.#status.written_at = now()
    await this.#writing.try(async () => {
      writeJson(this.#file, this.#status)
      this.#writtenAt = Date.now()
    })
  }
}

export type Health = Status & { healthy: boolean; why: string }

/** The status as written, with a verdict: a monitoring system that reads exit codes needs no more. */
export function readStatus(file: string, maxLagSeconds: number): Health {
  const status = parseStatus(file)
  const silent = (Date.now() - Date.parse(status.written_at)) / 1000
  // A lag that was written some time ago has grown since.
  const lag = Object.keys(status.waiting).length > 0 ? status.lag_seconds + silent : 0
  const why =
    silent > 3 * Math.max(HEARTBEAT_MS / 1000, status.every_seconds)
      ? `no status for ${Math.round(silent)} seconds: the follower is not running`
      : lag > maxLagSeconds
        ? `${Math.round(lag)} seconds behind${status.trouble ? `: ${status.trouble.fact}` : ''}`
        : (status.trouble?.fact ?? '')
  return { ...status, healthy: why === '', why }
}

function parseStatus(file: string): Status {
  hasFile(file)
  let status: unknown
  try {
    status = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new Failure(`${file} cannot be read: ${code ?? 'not JSON'}.`, 'Has a follower been started with this file?')
  }
  if (isStatus(status)) return status
  throw new Failure(
    `${file} is not the status of a follower of this version.`,
    'Give the file of a running follower with --status-file. After an update, restart the follower.',
  )
}

function isStatus(value: unknown): value is Status {
  const { written_at, waiting, gone, rejected, refused } = (value ?? {}) as Partial<Status>
  return !Number.isNaN(Date.parse(written_at!)) && [waiting, gone, rejected, refused].every(Boolean)
}

export function describeHealth({
  healthy,
  why,
  last_look,
  last_success,
  waiting,
  gone,
  rejected,
  refused,
  lag_seconds,
}: Health): string[] {
  const counted = (label: string, counts: Record<string, number>) =>
    `${label}: ${
      Object.entries(counts)
        .map(([table, rows]) => `${table} ${rows}`)
        .join(', ') || 'none'
    }`
  return [
    healthy ? 'following' : `unhealthy: ${why}`,
    `last look: ${last_look ?? 'never'}`,
    `last success: ${last_success ?? 'never'}, ${lag_seconds} seconds behind`,
    counted('waiting', waiting),
    counted('gone from the source', gone),
    counted('rejected by the rules', rejected),
    counted('refused by the server', refused),
  ]
}

function now(): string {
  return new Date().toISOString()
}
