import type { Anchor } from './scroll-anchor.ts'
import { sessionStore } from './storage.ts'

/** Where the reader was in a timeline: the post at the top of the window, unless that was scrolled nowhere. */
export type Position = { key: string; count: number; anchor?: Anchor | undefined }

export const POSITION_KEY = 'xmonitor.position'

/** The position in these filters before a reload, or before the reader came back from another site. */
export function readPosition(key: string): Position | undefined {
  const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]
  if (navigation?.type === 'navigate') return undefined
  const position = JSON.parse(sessionStore.getItem(POSITION_KEY) ?? 'null')
  return position?.anchor && position.key === key ? position : undefined
}
