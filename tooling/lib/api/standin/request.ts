/** What the stand-in must be told differently than PostgREST, on a request's way in. */

const RESERVED = new Set(['select', 'order', 'limit', 'offset', 'on_conflict', 'columns'])

/** It serves schema public unless told otherwise, PostgREST the first of db-schemas. */
export function profileHeaders(headers: Headers, schema: string): void {
  for (const name of ['accept-profile', 'content-profile']) if (!headers.has(name)) headers.set(name, schema)
}

/**
 * It takes an argument's text for a number, true, null or a filter when it looks like one (007 becomes 7, `in.depth` is
 * lost), PostgREST takes it as it is: between quotes the stand-in does, too.
 */
export function plainArguments(query: URLSearchParams, names: readonly string[]): URLSearchParams {
  const plain = new URLSearchParams()
  for (const [name, value] of query)
    plain.append(name, !RESERVED.has(name) && names.includes(name) ? `"${value}"` : value)
  return plain
}

/** It makes a JS number of any numeric-looking value of a filter, which rounds long ids: between quotes they stay text. */
export function quoteLongNumbers(query: URLSearchParams): URLSearchParams {
  const quoted = new URLSearchParams()
  for (const [name, value] of query)
    quoted.append(name, RESERVED.has(name) ? value : value.replace(/(^|[.,(])(-?\d{16,})(?=$|[,)])/g, '$1"$2"'))
  return quoted
}
