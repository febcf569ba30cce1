import type { Post } from './api.ts'
import type { Browser } from './browser.ts'

/** The first page of posts that was loaded last, with its filters. */
type LastPosts = { key: string; at: number; posts: Post[] }

export const LAST_POSTS = 'xmonitor.last'

/** Keeps the posts loaded last in the browser's storage, for a visit without a network. */
export function createLastPosts({ storage, now }: Pick<Browser, 'storage' | 'now'>) {
  return {
    save(key: string, posts: Post[]) {
      if (!posts.length) return
      storage.setItem(LAST_POSTS, JSON.stringify({ key, at: now(), posts } satisfies LastPosts))
    },
    read(): LastPosts | undefined {
      try {
        return JSON.parse(storage.getItem(LAST_POSTS) ?? 'null') ?? undefined
      } catch {
        return undefined
      }
    },
  }
}
