import { anyOf } from './any-of.ts'
import type { Post } from './api.ts'
import { decodeEntities } from './entities.ts'
import type { SafeStorage } from './storage.ts'
import { stored } from './stored.ts'

/** What the reader keeps, in this browser only. */
export type Kept = {
  /** The ids of saved posts, the last one saved at the end. */
  saved: readonly string[]
  /** Posts that were marked as read (true) or unread (false), which counts more than what earlier visits have shown. */
  read: Readonly<Record<string, boolean>>
  /** Authors (@handle) and words whose posts are hidden. */
  muted: readonly string[]
}

const MAX_READ = 2000

export const storeKept = (storage: SafeStorage) => stored(storage, 'xmonitor.kept', parseKept)

/** What is valid of a value that storage or a file held. */
export function parseKept(json: unknown): Kept {
  const { saved, read, muted } = (json ?? {}) as Partial<Kept>
  return { saved: texts(saved), read: newest(Object.entries(read ?? {})), muted: texts(muted) }
}

const texts = (list: unknown) =>
  Array.isArray(list) ? [...new Set(list.filter((item) => item && typeof item === 'string'))] : []

const newest = (marks: [string, boolean][]) =>
  Object.fromEntries(marks.filter(([, mark]) => typeof mark === 'boolean').slice(-MAX_READ))

export const toggle = (list: readonly string[], item: string) =>
  list.includes(item) ? list.filter((one) => one !== item) : [...list, item]

/** Tells which posts are muted: by their author, unless the reader asked for that one, or by a whole word. */
export function muteFilter(muted: readonly string[], handles: readonly string[]): (post: Post) => boolean {
  const authors = new Set(muted.filter((one) => one.startsWith('@')))
  for (const handle of handles) authors.delete(`@${handle}`)
  const words = muted.filter((one) => !one.startsWith('@'))
  const found = words.length && anyOf(words, (word) => `(?<![\\p{L}\\p{N}_])${word}(?![\\p{L}\\p{N}_])`)
  return ({ author_handle, author_display, body_text }) =>
    authors.has(`@${author_handle}`) ||
    (found !== 0 && decodeEntities(`${author_display ?? ''}\n${body_text ?? ''}`).search(found) >= 0)
}
