import type { components } from './api-types.ts'
import { type Arguments, apiUrl, PAGE_SIZE, type Result } from './api-url.ts'
import { type Filters, feedArguments } from './filters.ts'
import type { FirstRequest } from './first-request.ts'
import { readBody } from './read-body.ts'
import { send } from './send.ts'

type Schemas = components['schemas']
export type Post = Schemas['FeedRow']
export type PostInShort = Pick<Post, 'status_id' | 'author_handle' | 'discovered_at' | 'body_text'>
export type PostDetails = Schemas['PostDetails']
export type Snapshot = Schemas['Snapshot']
export type Stats = Schemas['Stats']
export type WatchAccount = Schemas['WatchAccount']
export type FeedArguments = Arguments<'rpc/feed'>

/** As many fit into a URL. */
const MAX_IDS = 100

export type Api = ReturnType<typeof createApi>

/** The calls that the page makes. `first` is the request that was sent before the page was loaded. */
export function createApi(first?: FirstRequest) {
  const get = <Name extends string>(name: Name, args: Arguments<Name>, signal?: AbortSignal) =>
    readBody<Result<Name>>(send(apiUrl(name, args), signal))
  return {
    feed(args: FeedArguments, signal?: AbortSignal) {
      const query = { limit: PAGE_SIZE, ...args }
      const early = first?.url === apiUrl('rpc/feed', query).href ? first.response : undefined
      first = undefined
      return early ? readBody<Post[]>(early) : get('rpc/feed', query, signal)
    },
    post: (status_id: string) => get('rpc/post', { status_id }),
    /** The posts with these ids, in any order; those that are not there are missing. */
    async posts(ids: readonly string[]): Promise<PostInShort[]> {
      const parts = Array.from({ length: Math.ceil(ids.length / MAX_IDS) }, (_, i) =>
        get('posts', {
          select: 'status_id,author_handle,discovered_at,body_text',
          status_id: `in.(${ids.slice(i * MAX_IDS, (i + 1) * MAX_IDS).map((id) => JSON.stringify(id))})`,
        }),
      )
      return (await Promise.all(parts)).flat()
    },
    similar: (status_id: string) => get('rpc/similar', { status_id, limit: 5 }),
    duplicates: (args: FeedArguments) => get('rpc/duplicates', { ...args, select: 'status_id,similar_to' }),
    stats: (args: Arguments<'rpc/stats'>) => get('rpc/stats', args),
    activity: (args: Arguments<'rpc/activity'>) => get('rpc/activity', args),
    top: (args: Arguments<'rpc/top'>) => get('rpc/top', args),
    author: (handle: string) => get('rpc/author', { handle }),
    watchlist: () => get('watch_accounts', { order: 'handle' }),
    /** The Atom feed of these filters, without their dates: a feed always has the newest posts. */
    atomUrl(filters: Filters, token?: string): string {
      const { since, until, ...always } = feedArguments(filters, 0)
      return apiUrl('rpc/feed_atom', { ...always, token }).href
    },
  }
}
