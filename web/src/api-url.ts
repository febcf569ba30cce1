import type { paths } from './api-types.ts'

/** Posts per request, the most that one request asks for, and how long it may take. */
export const PAGE_SIZE = 50
// An answer may have 10 MB of long texts; as many of X's longest posts, 25,000 Latin letters each, have half of that.
export const MAX_LIMIT = 200
export const TIMEOUT = 15_000

// A call's arguments and response, as the contract defines them, and what PostgREST takes besides: of any call, and as a view's filter.
type Call<Name extends string> = `/api/${Name}` extends keyof paths ? paths[`/api/${Name}`]['get'] : never
type Query<Name extends string> =
  Call<Name> extends { parameters: { query?: infer Query } } ? NonNullable<Query> : never
// undefined stands for an argument that is not given.
type OrUndefined<Query> = { [Name in keyof Query]: Query[Name] | undefined }
type CommonArguments = { select?: string; order?: string; offset?: number; status_id?: string }

export type Arguments<Name extends string> = ([Query<Name>] extends [never] ? object : OrUndefined<Query<Name>>) &
  CommonArguments
export type Result<Name extends string> =
  Call<Name> extends { responses: { 200: { content: { 'application/json': infer Body } } } } ? Body : never

/** The URL of a call. The API is on the page's own origin: its Content-Security-Policy allows no other. */
export function apiUrl<Name extends string>(name: Name, args: Arguments<Name>): URL {
  const url = new URL(`/api/${name}`, location.href)
  for (const [key, value] of Object.entries(args)) if (value !== undefined) url.searchParams.set(key, `${value}`)
  return url
}
