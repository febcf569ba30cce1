import { batch, computed, type ReadonlySignal, signal } from '@preact/signals'
import { type Filters, feedArguments } from './address.ts'
import { type Api, ApiError, type FeedArguments, PAGE_SIZE, type Post } from './api.ts'

/** Posts that came in one answer: the timeline draws a page once, however many follow. */
export type Page = { key: string; posts: Post[] }

type Around = { filters: ReadonlySignal<Filters>; filtersKey: ReadonlySignal<string>; now: () => number }

export type Timeline = ReturnType<typeof createTimeline>

/** The loaded posts of the present filters, and what loads more of them. */
export function createTimeline(api: Api, { filters, filtersKey, now }: Around) {
  const pages = signal<Page[]>([])
  const busy = signal<'first' | 'more' | undefined>()
  const ended = signal(false)
  const error = signal<ApiError | undefined>()
  /** The filters the loaded posts belong to; undefined before the first answer. */
  const loadedKey = signal<string | undefined>()
  const posts = computed(() => pages.value.flatMap((page) => page.posts))

  let asked: FeedArguments = {}
  let running: AbortController | undefined

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
      error.value = problem
    } finally {
      if (running === mine) busy.value = undefined
    }
  }

  return {
    pages,
    posts,
    busy,
    ended,
    error,
    loadedKey,

    /** The first page of the present filters. Older posts stay on screen until it is here. */
    load() {
      const key = filtersKey.peek()
      asked = feedArguments(filters.peek(), now())
      return run('first', asked, (found) => {
        pages.value = found.length ? [page(found)] : []
        ended.value = found.length < PAGE_SIZE
        loadedKey.value = key
      })
    },

    /** The next page, by the cursor of the last post. */
    async more() {
      const last = pages.peek().at(-1)?.posts.at(-1)
      if (busy.peek() || ended.peek() || !last || loadedKey.peek() !== filtersKey.peek()) return
      await run('more', { ...asked, cursor: last.cursor }, (found) => {
        if (found.length) pages.value = [...pages.peek(), page(found)]
        ended.value = found.length < PAGE_SIZE
      })
    },
  }
}

const page = (posts: Post[]): Page => ({ key: posts[0]!.status_id, posts })
