/** Numbers that look random and are the same for the same seed on every machine (mulberry32). */
export type Random = {
  /** At least 0, less than 1. */
  next(): number
  /** A whole number from 0 to limit - 1. */
  below(limit: number): number
  between(least: number, most: number): number
  chance(share: number): boolean
  pick<T>(list: readonly T[]): T
  /** As pick, but the n-th of the list comes up about 1/n as often as the first: few are common, many are rare. */
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
    between: (least, most) => least + below(most - least + 1),
    chance: (share) => next() < share,
    pick: (list) => list[below(list.length)]!,
    pickEarly: (list) => list[Math.floor((list.length + 1) ** next()) - 1]!,
  }
}
