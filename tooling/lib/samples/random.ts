/** A seeded random number generator (mulberry32): the same seed gives the same numbers on every machine. */
export type Random = {
  /** At least 0, less than 1. */
  next(): number
  /** A whole number from 0 to limit - 1. */
  below(limit: number): number
  between(min: number, max: number): number
  chance(share: number): boolean
  pick<T>(list: readonly T[]): T
  /** Like pick, but the n-th item comes up about 1/n as often as the first: a few are common, most are rare. */
  pickEarly<T>(list: readonly T[]): T
}

export function random(seed: number): Random {
  let state = seed | 0
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number) => Math.floor(next() * limit)
  return {
    next,
    below,
    between: (min, max) => min + below(max - min + 1),
    chance: (share) => next() < share,
    pick: (list) => list[below(list.length)]!,
    pickEarly: (list) => list[Math.floor((list.length + 1) ** next()) - 1]!,
  }
}
