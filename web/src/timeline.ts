import { batch, computed, type ReadonlySignal, signal } from '@preact/signals'
import { type Filters, feedArguments } from './address.ts'
import { type Api, ApiError, type FeedArguments, PAGE_SIZE, type Post } from './api.ts'
import type { Browser } from './state.ts'

/** Posts that came in one answer: the timeline draws a page once, however many follow. */
export type Page = { key: string; posts: Post[] }

type Around = { filters: ReadonlySignal<Filters>; filtersKey: ReadonlySignal<string>; browser: Browser }
type Shelved = { pages: Page[]; ended: boolean; asked: FeedArguments; scroll: number }
type LastRead = { key: string; at: number; posts: Post[] }

const LAST_READ = 'xmonitor.last'
const SHELVES = 8

/** The loaded posts of the present filters, and what loads more of them. */
export function createTimeline(api: Api, { filters, filtersKey, browser }: Around) {
  const pages = signal<Page[]>([])
  const busy = signal<'first' | 'more' | undefined>()
  const ended = signal(false)
  const error = signal<ApiError | undefined>()
  /** The filters the loaded posts belong to; undefined before the first answer. */
  const loadedKey = signal<string | undefined>()
  /** Where to scroll to now that other posts are shown: a new object each time. */
  const landing = signal({ scroll: 0 })
  /** Posts that arrived since, not shown yet. */
  const newer = signal<Post[]>([])
  /** When the posts on screen were read, if they are what was kept from an earlier visit. */
  const keptAt = signal<number | undefined>()
  const posts = computed(() => pages.value.flatMap((page) => page.posts))

  const shelves = new Map<string, Shelved>()
  let asked: FeedArguments = {}
  let running: AbortController | undefined
  let failed: 'first' | 'more' = 'first'
  let coming: Promise<void> | undefined

  async function run(kind: 'first' | 'more', args: FeedArguments, take: (found: Post[]) => void) {
    running?.abort()
    const mine = new AbortController()
    running = mine
    batch(() => {
      busy.value = kind
      error.value = undefined
    })
    try {
      const found = await api.feed(args, mine.signal)
      if (running === mine) batch(() => take(found))
    } catch (problem) {
      if (running !== mine) return
      if (!(problem instanceof ApiError)) throw problem
      failed = kind
      batch(() => {
        error.value = problem
        if (kind === 'first') dropStrangers(problem)
      })
    } finally {
      if (running === mine) busy.value = undefined
    }
  }

  /** The first page of the present filters. Older posts stay on screen until it is here. */
  function load() {
    const key = filtersKey.peek()
    asked = feedArguments(filters.peek(), browser.now())
    return run('first', asked, (found) => {
      show(key, { pages: found.length ? [page(found)] : [], ended: found.length < PAGE_SIZE })
      keptAt.value = undefined
      keep(key, found)
    })
  }

  /** The next page, by the cursor of the last post; if it is on its way, that one. */
  function more() {
    const last = pages.peek().at(-1)?.posts.at(-1)
    if (busy.peek() === 'more') return coming
    if (busy.peek() || ended.peek() || !last || loadedKey.peek() !== filtersKey.peek()) return
    coming = run('more', { ...asked, cursor: last.cursor }, (found) => {
      if (found.length) pages.value = [...pages.peek(), page(found)]
      ended.value = found.length < PAGE_SIZE
    })
    return coming
  }

  function show(key: string, list: { pages: Page[]; ended: boolean; scroll?: number }) {
    if (key !== loadedKey.peek() || list.scroll !== undefined) landing.value = { scroll: list.scroll ?? 0 }
    pages.value = list.pages
    ended.value = list.ended
    loadedKey.value = key
    newer.value = []
  }

  // Posts of other filters must not stand under these: what was kept from an earlier visit, or nothing.
  function dropStrangers(problem: ApiError) {
    const key = filtersKey.peek()
    if (key === loadedKey.peek() && pages.peek().length) return
    const last = problem.kind === 'refused' ? undefined : lastRead()
    const ours = last?.key === key
    show(key, { pages: ours ? [page(last.posts)] : [], ended: false })
    keptAt.value = ours ? last.at : undefined
  }

  function keep(key: string, found: Post[]) {
    if (!found.length) return
    try {
      browser.storage.setItem(LAST_READ, JSON.stringify({ key, at: browser.now(), posts: found } satisfies LastRead))
    } catch {
      // No room, or no storage: then nothing is there offline.
    }
  }

  function lastRead(): LastRead | undefined {
    try {
      return JSON.parse(browser.storage.getItem(LAST_READ) ?? 'null') ?? undefined
    } catch {
      return undefined
    }
  }

  return {
    pages,
    posts,
    busy,
    ended,
    error,
    loadedKey,
    landing,
    newer,
    keptAt,
    load,
    more,
    lastRead,

    /** Tries again what failed last. */
    again: () => (failed === 'more' && loadedKey.peek() === filtersKey.peek() ? more() : load()),

    /** Puts the loaded posts away under their filters, for Back. */
    shelve(scroll: number) {
      const key = loadedKey.peek()
      const failedFirst = error.peek() && !pages.peek().length
      if (key === undefined || keptAt.peek() || failedFirst) return
      shelves.delete(key)
      shelves.set(key, { pages: pages.peek(), ended: ended.peek(), asked, scroll })
      if (shelves.size > SHELVES) shelves.delete(shelves.keys().next().value!)
    },

    /** Takes them from there again; false if they are not there. */
    unshelve(): boolean {
      const key = filtersKey.peek()
      const shelved = shelves.get(key)
      if (!shelved) return false
      running?.abort()
      running = undefined
      asked = shelved.asked
      batch(() => {
        busy.value = undefined
        error.value = undefined
        keptAt.value = undefined
        show(key, shelved)
      })
      return true
    },

    /** The arguments of the last first page: relative dates stay those of that moment. */
    asked: () => asked,
  }
}

/** Posts as a page of their own. */
export const page = (posts: Post[]): Page => ({ key: posts[0]!.status_id, posts })
