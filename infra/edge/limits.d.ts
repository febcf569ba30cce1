declare const limits: {
  /** The names that are arguments of a call. */
  ARGUMENTS: string[]
  /** The names that may be filters, or are parameters of PostgREST. */
  OTHER_NAMES: string[]
}

export default limits
