import { takeAccess } from './access.ts'
import { apiUrl, MAX_LIMIT, PAGE_SIZE } from './api-url.ts'
import { feedArguments } from './filters.ts'
import { readPlace, writePlace } from './place.ts'
import { readPosition } from './position.ts'
import { send } from './send.ts'

// Part of the start script, which runs long before the rest of the page is loaded: it requests the first posts.

export type FirstRequest = { url: string; response: Promise<Response> }

takeAccess()

const { filters, at } = readPlace(location.search)

/** Where the reader was before a reload. */
export const position = readPosition(writePlace({ filters, at }))

/** The first request, whose response is not used where the page asks for something else by the time it is loaded. */
export const firstRequest = sendFirstRequest()

function sendFirstRequest(): FirstRequest {
  const limit = Math.min(position?.count ?? PAGE_SIZE, MAX_LIMIT)
  const url = apiUrl('rpc/feed', { limit, ...feedArguments(filters, Date.now(), at) })
  const response = send(url)
  // Handled by whoever reads the response.
  response.catch(() => {})
  return { url: url.href, response }
}
