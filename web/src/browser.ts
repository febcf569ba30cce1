import type { Position } from './position.ts'
import type { Anchor } from './scroll-anchor.ts'
import type { SafeStorage } from './storage.ts'

/** What the page's state needs of a browser; tests pass their own. */
export type Browser = {
  location: Pick<Location, 'search'>
  history: Pick<History, 'pushState' | 'replaceState' | 'back' | 'state'>
  storage: SafeStorage
  now: () => number
  /** Where the reader is in the timeline. */
  anchor: () => Anchor | undefined
  /** Where the reader was before a reload. */
  position: Position | undefined
}
