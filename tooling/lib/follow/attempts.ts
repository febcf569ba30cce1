import { Failure } from '../errors.ts'
import { Trouble } from './trouble.ts'

const FIRST_DELAY_MS = 1_000

/** What went wrong, said once until it changes, and that it is over. */
export type Notice = { event: 'trouble'; fact: string; next: string } | { event: 'recovered'; fact: string }

/**
 * Tries something again and again. After each failure it waits up to twice as long, and not for the same time in every
 * process, so that a server that comes back is not asked by all at once.
 */
export class Attempts {
  readonly #maxDelayMs: number
  readonly #report: (notice: Notice) => void
  #failures = 0
  #notBefore = 0
  #trouble: string | undefined

  constructor(maxDelayMs: number, report: (notice: Notice) => void) {
    this.#maxDelayMs = maxDelayMs
    this.#report = report
  }

  /** Does the work unless it failed a short time ago; `now`: even then. Returns whether it was done. */
  async try(work: () => Promise<void>, now = false): Promise<boolean> {
    if (!now && Date.now() < this.#notBefore) return false
    try {
      await work()
      if (this.#trouble !== undefined) this.#report({ event: 'recovered', fact: this.#trouble })
      this.#trouble = undefined
      this.#failures = 0
      return true
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      this.#notBefore = Date.now() + Math.max(this.#nextDelayMs(), (error instanceof Trouble && error.retryAfter) || 0)
      const next = error instanceof Trouble && error.kind === 'away' ? 'Trying again.' : error.next
      if (error.fact !== this.#trouble) this.#report({ event: 'trouble', fact: error.fact, next })
      this.#trouble = error.fact
      return false
    }
  }

  #nextDelayMs(): number {
    const most = Math.min(this.#maxDelayMs, FIRST_DELAY_MS * 2 ** this.#failures++)
    return most * (0.5 + Math.random() / 2)
  }
}
