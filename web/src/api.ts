import { PostgrestBuilder } from '@supabase/postgrest-js'
import { type Filters, feedArguments } from './address.ts'
import type { components, paths } from './api-types.ts'

type Schemas = components['schemas']
export type Post = Schemas['FeedRow']
export type PostDetails = Schemas['PostDetails']
export type Snapshot = Schemas['Snapshot']
export type Stats = Schemas['Stats']
export type WatchAccount = Schemas['WatchAccount']
export type FeedArguments = Asked<'rpc/feed'>

// What the contract says of a call: its arguments, beside those that PostgREST takes everywhere, and its answer.
type Call<Name extends string> = `/api/${Name}` extends keyof paths ? paths[`/api/${Name}`]['get'] : never
type Query<Name extends string> =
  Call<Name> extends { parameters: { query?: infer Query } } ? NonNullable<Query> : never
type Asked<Name extends string> = [Query<Name>] extends [never] ? object : OrUndefined<Query<Name>>
// Arguments that are not given may stand there as undefined.
type OrUndefined<Query> = { [Name in keyof Query]: Query[Name] | undefined }
type Answered<Name extends string> =
  Call<Name> extends { responses: { 200: { content: { 'application/json': infer Answer } } } } ? Answer : never
type Everywhere = { select?: string; order?: string }

/** Posts asked for at once. */
export const PAGE_SIZE = 50
const TIMEOUT = 15_000

/** Why an answer did not come, as far as it matters to a reader. */
export class ApiError extends Error {
  constructor(
    readonly kind: 'offline' | 'timeout' | 'refused' | 'missing' | 'broken',
    message: string,
  ) {
    super(message)
  }
}

// The client's builder of one request, without the client: 2 KB instead of 4.6, and nothing but GET is asked here.
class Read<T> extends PostgrestBuilder<object, T> {}

export type Api = ReturnType<typeof createApi>

/** The one place that knows the API's addresses. `base` is absolute. */
export function createApi(base: string) {
  const address = <Name extends string>(name: Name, args: Asked<Name> & Everywhere) => {
    const url = new URL(`${base}/${name}`)
    for (const [key, value] of Object.entries(args)) if (value !== undefined) url.searchParams.set(key, `${value}`)
    return url
  }
  const read = <Name extends string>(name: Name, args: Asked<Name> & Everywhere, signal?: AbortSignal) => {
    const init = {
      method: 'GET',
      url: address(name, args),
      headers: {},
      ...(signal && { signal }),
      fetch: fetchInTime,
      retry: false,
    } as const
    return answer(new Read<Answered<Name>>(init))
  }
  return {
    feed: (args: FeedArguments, signal?: AbortSignal) => read('rpc/feed', { ...args, limit: PAGE_SIZE }, signal),
    post: (status_id: string) => read('rpc/post', { status_id }),
    stats: () => read('rpc/stats', {}),
    activity: (args: Asked<'rpc/activity'>) => read('rpc/activity', { ...args, bucket: 'hour' }),
    watchlist: () => read('watch_accounts', { order: 'handle' }),
    /** The address of the posts of some filters as an Atom feed: always the newest, so dates are left out. */
    atom(filters: Filters): string {
      const { since, until, ...always } = feedArguments(filters, 0)
      return address('rpc/feed_atom', always).href
    },
  }
}

async function answer<T>(call: Read<T>): Promise<T> {
  const { data, error, status } = await call
  if (!error && data !== null) return data
  if (error && status === 0) {
    if (/timeout/i.test(error.message)) throw new ApiError('timeout', 'The server took too long to answer.')
    if (/abort/i.test(error.message)) throw new DOMException('A newer question replaced this one.', 'AbortError')
    throw new ApiError('offline', navigator.onLine ? 'The server cannot be reached.' : 'You are offline.')
  }
  if (error && status === 404) throw new ApiError('missing', error.message)
  if (error && status >= 400 && status < 500) throw new ApiError('refused', error.message)
  throw new ApiError('broken', `The server has a problem (HTTP ${status}).`)
}

// The answers may be kept by caches on the way, for seconds; a reader who asks again wants no older one of their own.
const fetchInTime: typeof fetch = (input, init) => {
  const signals = [AbortSignal.timeout(TIMEOUT)]
  if (init?.signal) signals.push(init.signal)
  return fetch(input, { ...init, cache: 'no-cache', signal: AbortSignal.any(signals) })
}
