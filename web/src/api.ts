import { offlineError, timeoutError } from './api-error.ts'
import type { components } from './api-types.ts'
import { type Arguments, apiUrl, PAGE_SIZE, type Result } from './api-url.ts'
import { type Filters, feedArguments } from './filters.ts'
import type { FirstRequest } from './first-request.ts'

type Schemas = components['schemas']
export type Post = Schemas['FeedRow']
export type PostDetails = Schemas['PostDetails']
export type Snapshot = Schemas['Snapshot']
export type Stats = Schemas['Stats']
export type WatchAccount = Schemas['WatchAccount']
export type FeedArguments = Arguments<'rpc/feed'>

export type Api = ReturnType<typeof createApi>

/** The calls that the page makes. `base` is absolute; `first` is the request that was sent before the page was loaded. */
export function createApi(base: string, first?: FirstRequest) {
  const get = async <Name extends string>(name: Name, args: Arguments<Name>, signal?: AbortSignal) => {
    // Not on the first screen: the first response needs no client.
    const client = await import('./get.ts').catch(() => {
      throw offlineError()
    })
    return client.get<Result<Name>>(apiUrl(base, name, args), signal)
  }
  return {
    async feed(args: FeedArguments, signal?: AbortSignal) {
      const query = { limit: PAGE_SIZE, ...args }
      const early = first?.url === apiUrl(base, 'rpc/feed', query).href ? first.response : undefined
      first = undefined
      return (await readEarly<Post[]>(early)) ?? get('rpc/feed', query, signal)
    },
    post: (status_id: string) => get('rpc/post', { status_id }),
    similar: (status_id: string) => get('rpc/similar', { status_id, limit: 5 }),
    duplicates: (args: FeedArguments) => get('rpc/duplicates', { ...args, select: 'status_id,similar_to' }),
    stats: (args: Arguments<'rpc/stats'>) => get('rpc/stats', args),
    activity: (args: Arguments<'rpc/activity'>) => get('rpc/activity', args),
    watchlist: () => get('watch_accounts', { order: 'handle' }),
    /** The Atom feed of these filters, without their dates: a feed always has the newest posts. */
    atomUrl(filters: Filters): string {
      const { since, until, ...always } = feedArguments(filters, 0)
      return apiUrl(base, 'rpc/feed_atom', always).href
    },
  }
}

/** The body of a response that is on its way; undefined if the request has to be sent again, to learn what is wrong. */
async function readEarly<T>(early: Promise<Response> | undefined): Promise<T | undefined> {
  try {
    const response = await early
    return response?.ok ? await response.json() : undefined
  } catch (problem) {
    if ((problem as Error).name === 'TimeoutError') throw timeoutError()
    return undefined
  }
}
