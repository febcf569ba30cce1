/** Requests have to reach the stand-in in another form than PostgREST. */

const RESERVED = new Set(['select', 'order', 'limit', 'offset', 'on_conflict', 'columns'])

/** Its default schema is public; PostgREST's is the first of db-schemas. */
export function profileHeaders(headers: Headers, schema: string): void {
  for (const name of ['accept-profile', 'content-profile']) if (!headers.has(name)) headers.set(name, schema)
}

/**
 * It reads an argument that looks like a number, true, null or a filter as one (007 becomes 7, `in.depth` is lost).
 * PostgREST takes the text as it is; in quotes, so does the stand-in.
 */
export function plainArguments(query: URLSearchParams, names: readonly string[]): URLSearchParams {
  const plain = new URLSearchParams()
  for (const [name, value] of query)
    plain.append(name, !RESERVED.has(name) && names.includes(name) ? `"${value}"` : value)
  return plain
}

/** It turns numeric-looking values in filters into JS numbers, which rounds long ids; in quotes they stay text. */
export function quoteLongNumbers(query: URLSearchParams): URLSearchParams {
  const quoted = new URLSearchParams()
  for (const [name, value] of query)
    quoted.append(name, RESERVED.has(name) ? value : value.replace(/(^|[.,(])(-?\d{16,})(?=$|[,)])/g, '$1"$2"'))
  return quoted
}
