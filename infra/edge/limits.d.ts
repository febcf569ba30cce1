declare const limits: {
  /** The names that are arguments of a call; others are filters. */
  KNOWN: string[]
}

export default limits
