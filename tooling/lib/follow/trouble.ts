import { Failure } from '../errors.ts'

/**
 * Why a request failed. away: the same one may succeed later; token: not with this token; body: not with what was sent;
 * api: there is no such call at this address.
 */
export type Kind = 'away' | 'token' | 'body' | 'api'

/** A Failure of a request that says what may be tried next. */
export class Trouble extends Failure {
  override name = 'Trouble'

  constructor(
    readonly kind: Kind,
    fact: string,
    next: string,
    /** When the server wants to be asked again, in milliseconds from now. */
    readonly retryAfter?: number,
  ) {
    super(fact, next)
  }
}
