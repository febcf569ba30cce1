import { batch, computed, type ReadonlySignal, signal } from '@preact/signals'
import type { Api, FeedArguments, Post } from './api.ts'
import { ApiError } from './api-error.ts'
import { MAX_LIMIT, PAGE_SIZE } from './api-url.ts'
import type { Browser } from './browser.ts'
import { feedArguments } from './filters.ts'
import { createLastPosts } from './last-posts.ts'
import { readPlace } from './place.ts'
import type { Anchor } from './scroll-anchor.ts'
import { type CachedTimeline, createTimelineCache, type Page } from './timeline-cache.ts'

const MAX_PAGES = 20

type Context = { key: ReadonlySignal<string>; browser: Browser }

/** The loaded posts of a place, whose key says the filters and the first day, and the requests that load them. */
export function createTimeline(api: Api, { key: currentKey, browser }: Context) {
  const pages = signal<Page[]>([])
  const loading = signal<'first' | 'more' | undefined>()
  const ended = signal(false)
  const error = signal<ApiError | undefined>()
  /** The key that the loaded posts belong to; undefined before the first response. */
  const loadedKey = signal<string | undefined>()
  /** Where to scroll once different posts are shown, without an anchor to the top: a new object each time. The first posts need none. */
  const scrollTarget = signal<{ anchor?: Anchor | undefined } | undefined>()
  /** Posts that arrived since, not shown yet. */
  const newer = signal<Post[]>([])
  /** When the posts on screen were loaded, if they come from an earlier visit. */
  const cachedAt = signal<number | undefined>()
  /** When the feed was last found up to date. */
  const checkedAt = signal(0)
  const posts = computed(() => pages.value.flatMap((page) => page.posts))

  const cache = createTimelineCache()
  const lastPosts = createLastPosts(browser)
  let query: FeedArguments = {}
  let current: AbortController | undefined
  let failed: 'first' | 'more' = 'first'
  let pendingMore: Promise<void> | undefined
  let resume = browser.position
  let firstPage: Promise<void> | undefined

  /** Sends a request, in place of the one under way; a response that was replaced is ignored. */
  async function request(
    kind: 'first' | 'more',
    read: (signal: AbortSignal) => Promise<Post[]>,
    onLoaded: (found: Post[]) => void,
  ) {
    current?.abort()
    const mine = new AbortController()
    current = mine
    batch(() => {
      loading.value = kind
      error.value = undefined
    })
    try {
      const found = await read(mine.signal)
      if (current === mine) batch(() => onLoaded(found))
    } catch (problem) {
      if (current !== mine) return
      if (!(problem instanceof ApiError)) throw problem
      failed = kind
      batch(() => {
        error.value = problem
        if (kind === 'first') dropStalePosts(problem)
      })
    } finally {
      if (current === mine) loading.value = undefined
    }
  }

  /** Loads the first page of the current filters. Older posts stay on screen until it arrives. */
  function load() {
    const key = currentKey.peek()
    const { filters, at } = readPlace(key)
    query = feedArguments(filters, browser.now(), at)
    const position = resume?.key === key ? resume : undefined
    resume = undefined
    const read = (signal: AbortSignal) => readPosts(query, position?.count ?? PAGE_SIZE, signal)
    firstPage = request('first', read, (found) => {
      show(key, { pages: found.length ? [toPage(found)] : [], ended: found.length < PAGE_SIZE, ...position })
      cachedAt.value = undefined
      checkedAt.value = browser.now()
      lastPosts.save(key, found.slice(0, PAGE_SIZE))
    })
    return firstPage
  }

  /** As many posts as asked for, which may take several requests. */
  async function readPosts(args: FeedArguments, count: number, signal: AbortSignal): Promise<Post[]> {
    const found = await api.feed({ ...args, limit: Math.min(count, MAX_LIMIT) }, signal)
    const rest = count - found.length
    if (rest <= 0 || found.length < MAX_LIMIT) return found
    return [...found, ...(await readPosts({ ...args, cursor: found.at(-1)!.cursor }, rest, signal))]
  }

  /** Loads the next page, by the cursor of the last post, unless it is already on its way. */
  function more() {
    const last = pages.peek().at(-1)?.posts.at(-1)
    if (loading.peek() === 'more') return pendingMore
    if (loading.peek() || ended.peek() || !last || loadedKey.peek() !== currentKey.peek()) return
    const read = (signal: AbortSignal) => api.feed({ ...query, cursor: last.cursor }, signal)
    pendingMore = request('more', read, (found) => {
      if (found.length) pages.value = [...pages.peek(), toPage(found)]
      ended.value = found.length < PAGE_SIZE
    })
    return pendingMore
  }

  /** Loads pages until these posts are enough, or until 20 were loaded. */
  async function loadUntil(enough: (posts: readonly Post[]) => boolean) {
    await firstPage
    for (
      let i = 0;
      i < MAX_PAGES && posts.peek().length && !enough(posts.peek()) && !ended.peek() && !error.peek();
      i++
    )
      await more()
  }

  function show(key: string, list: Pick<CachedTimeline, 'pages' | 'ended'> & { anchor?: Anchor | undefined }) {
    const shown = loadedKey.peek()
    if (list.anchor || (shown !== undefined && key !== shown)) scrollTarget.value = { anchor: list.anchor }
    pages.value = list.pages
    ended.value = list.ended
    loadedKey.value = key
    newer.value = []
  }

  // Posts of other filters must not stay under these: show those of an earlier visit, or nothing.
  function dropStalePosts(problem: ApiError) {
    const key = currentKey.peek()
    if (key === loadedKey.peek() && pages.peek().length) return
    const last = problem.kind === 'refused' ? undefined : lastPosts.read()
    const matching = last?.key === key ? last : undefined
    show(key, { pages: matching ? [toPage(matching.posts)] : [], ended: false })
    cachedAt.value = matching?.at
  }

  /** Repeats the request that failed. */
  function retry() {
    return failed === 'more' && loadedKey.peek() === currentKey.peek() ? more() : load()
  }

  /** Puts the loaded posts into the cache under their filters. */
  function stash() {
    const key = loadedKey.peek()
    const firstFailed = error.peek() && !pages.peek().length
    if (key === undefined || cachedAt.peek() || firstFailed) return
    cache.set(key, { pages: pages.peek(), ended: ended.peek(), query, anchor: browser.anchor() })
  }

  /** Shows the cached posts of the current filters; false if there are none. */
  function restore(): boolean {
    const key = currentKey.peek()
    const cached = cache.get(key)
    if (!cached) return false
    current?.abort()
    current = undefined
    query = cached.query
    batch(() => {
      loading.value = undefined
      error.value = undefined
      cachedAt.value = undefined
      show(key, cached)
    })
    return true
  }

  return {
    pages,
    posts,
    loading,
    ended,
    error,
    loadedKey,
    scrollTarget,
    newer,
    cachedAt,
    checkedAt,
    load,
    more,
    loadUntil,
    retry,
    stash,
    restore,
    lastPosts: lastPosts.read,
    /** The arguments of the last first page, with its relative dates resolved. */
    query: () => query,
  }
}

export const toPage = (posts: Post[]): Page => ({ key: posts[0]!.status_id, posts })
