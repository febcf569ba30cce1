declare const limits: {
  /** The names of a call's arguments, separated by spaces, by its path. */
  ARGUMENTS: Record<string, string>
  /** The other names that may be filters. */
  OTHER_NAMES: string[]
  /** Whether the headers Prefer and Range of a request make it slow, whatever it asks for. */
  isSlowBy(prefer: string | null | undefined, range: string | null | undefined): boolean
}

export default limits
