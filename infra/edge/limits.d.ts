declare const limits: {
  /** The names that are arguments of a call. */
  ARGUMENTS: string[]
  /** Those that may take long. */
  SLOW_ARGUMENTS: string[]
  /** The names that may be filters, or are parameters of PostgREST. */
  OTHER_NAMES: string[]
  /** Whether the headers Prefer and Range of a request make it slow, whatever it asks for. */
  isSlowBy(prefer: string | null | undefined, range: string | null | undefined): boolean
}

export default limits
