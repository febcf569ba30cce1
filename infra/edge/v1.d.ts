/** What to ask PostgREST, or what to answer at once. */
export type Routed =
  | {
      path: string
      query: string
      /** The header Authorization; empty: none. */
      authorization: string
      /** It may take long: only a few such requests at once should go on. */
      slow: boolean
    }
  | {
      status: number
      /** The header Allow of a 405. */
      allow: string | null
      error: { code: string; message: string; details: string | null; hint: string }
    }

declare const v1: {
  /** `path` and `query` exactly as the client sent them, the query without its question mark; null: not the API's. */
  route(
    method: string,
    path: string,
    query: string,
    authorization?: string,
    apiKey?: string,
    isPrivate?: boolean,
  ): Routed | null
}

export default v1
