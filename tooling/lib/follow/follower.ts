import { setTimeout as sleep } from 'node:timers/promises'
import type { ApiClient } from './api-client.ts'
import { Attempts, type Notice } from './attempts.ts'
import { compareSides, storedRows } from './compare.ts'
import { LiveSource, SourceBusy } from './live-source.ts'
import { type LookOptions, type LookResult, look } from './look.ts'
import { type Sent, sendGone, sendWaiting } from './send.ts'
import type { State } from './state.ts'

/** What a follower did, for whoever watches it. */
export type Event =
  | { event: 'looked'; found: LookResult; seconds: number }
  | { event: 'sent'; sent: Sent; removed: number; seconds: number }
  | Notice

type Options = {
  file: string
  state: State
  api: ApiClient
  acceptOlder: boolean
  /** Rows that are gone from the file are removed from Postgres; otherwise they are only counted. */
  deletions: boolean
  report: (event: Event) => void
  /** Called after each round of looking and sending. */
  afterRound?: (round: { looked: boolean }) => Promise<void>
}

/** Under which name the state keeps when both sides were compared first. */
const STARTED = 'started'
const MAX_LOOK_DELAY_MS = 30_000
const MAX_SEND_DELAY_MS = 5 * 60_000

/** Keeps the server equal to a file: looks for changes, sends them, and tries again what failed. */
export class Follower {
  readonly #options: Options
  readonly #looking: Attempts
  readonly #sending: Attempts
  #source: LiveSource | undefined
  #seenVersion: number | undefined
  /** What the first look does besides. */
  #firstLook: LookOptions

  constructor(options: Options) {
    this.#options = options
    this.#firstLook = { retryRejected: true, acceptOlder: options.acceptOlder }
    this.#looking = new Attempts(MAX_LOOK_DELAY_MS, options.report)
    this.#sending = new Attempts(MAX_SEND_DELAY_MS, options.report)
  }

  /** Looks once and sends what waits; what fails is thrown. */
  async once(): Promise<void> {
    await this.#lookIfChanged()
    await this.#send()
  }

  /** Until it is stopped. */
  async run(everyMs: number, stop: AbortSignal): Promise<void> {
    const { state, api } = this.#options
    while (!stop.aborted) {
      const looked = await this.#looking.try(() => this.#lookIfChanged())
      if (state.outbox.hasWork(this.#options.deletions))
        await this.#sending.try(() => this.#send(), await api.hasNewToken())
      await this.#options.afterRound?.({ looked })
      await sleep(everyMs, undefined, { signal: stop }).catch(() => {})
    }
  }

  close(): void {
    this.#source?.close()
    this.#source = undefined
  }

  async #lookIfChanged(): Promise<void> {
    const source = this.#currentSource()
    try {
      // Asked for before the look: what is committed meanwhile is a reason for another one.
      const version = source.dataVersion
      if (version === this.#seenVersion) return
      const start = performance.now()
      const found = await this.#look(source)
      this.#seenVersion = version
      if (Object.keys(found).length > 0)
        this.#options.report({ event: 'looked', found, seconds: (performance.now() - start) / 1000 })
    } catch (error) {
      if (!(error instanceof SourceBusy)) throw error
    }
  }

  /** The very first look compares both sides: what was moved before is not sent again. */
  async #look(source: LiveSource): Promise<LookResult> {
    const { state, api } = this.#options
    const options = this.#firstLook
    if (state.get(STARTED) !== undefined) {
      const found = look(source, state, options)
      this.#firstLook = {}
      return found
    }
    const comparison = await compareSides(source, api)
    try {
      const found = look(source, state, { ...options, isStored: storedRows(comparison) })
      state.set(STARTED, new Date().toISOString())
      this.#firstLook = {}
      return found
    } finally {
      comparison.local.close()
    }
  }

  /** Another file under the same path is opened anew; all of it is looked at that differs. */
  #currentSource(): LiveSource {
    if (this.#source?.replaced) this.close()
    if (!this.#source) {
      this.#seenVersion = undefined
      this.#source = new LiveSource(this.#options.file)
    }
    return this.#source
  }

  async #send(): Promise<void> {
    const { state, api, deletions, report } = this.#options
    const start = performance.now()
    const sent: Sent = {}
    let removed = 0
    try {
      await sendWaiting(state, api, sent)
      if (deletions) removed = await sendGone(state, api)
    } finally {
      if (removed > 0 || Object.keys(sent).length > 0)
        report({ event: 'sent', sent, removed, seconds: (performance.now() - start) / 1000 })
    }
  }
}
