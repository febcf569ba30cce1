import { POSITION_KEY, type Position } from './position.ts'
import { currentAnchor } from './scroll-anchor.ts'
import type { State } from './state.ts'
import { sessionStore } from './storage.ts'

/** Remembers where the reader is, for a reload. */
export function savePositionOnLeave({ timelineKey, timeline }: State): void {
  addEventListener('pagehide', () => {
    const anchor = scrollY > 0 ? currentAnchor() : undefined
    const position: Position = { key: timelineKey.peek(), count: timeline.posts.peek().length, anchor }
    sessionStore.setItem(POSITION_KEY, JSON.stringify(position))
  })
}
