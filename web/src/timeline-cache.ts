import type { FeedArguments, Post } from './api.ts'
import type { Anchor } from './scroll-anchor.ts'

/** Posts that came in one response: the timeline renders a page once, however many follow. */
export type Page = { key: string; posts: Post[] }

/** A loaded timeline as the reader left it. */
export type CachedTimeline = { pages: Page[]; ended: boolean; query: FeedArguments; anchor: Anchor | undefined }

const LIMIT = 8

/** The timelines of the last few filters, so that Back shows them without a request. */
export function createTimelineCache() {
  const entries = new Map<string, CachedTimeline>()
  return {
    get: (key: string) => entries.get(key),
    set(key: string, timeline: CachedTimeline) {
      entries.delete(key)
      entries.set(key, timeline)
      if (entries.size > LIMIT) entries.delete(entries.keys().next().value!)
    },
  }
}
