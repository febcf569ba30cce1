import { apiUrl, MAX_LIMIT, PAGE_SIZE, TIMEOUT } from './api-url.ts'
import { feedArguments } from './filters.ts'
import { readPlace, writePlace } from './place.ts'
import { readPosition } from './position.ts'

// A script of its own, small enough to run long before the rest of the page: it requests the first posts.

const CONFIG_TIMEOUT = 4000

export type FirstRequest = { url: string; response: Promise<Response> }

/** The API's URL, from the host that serves the page: one build works everywhere. */
export const apiBase = readConfig().then(({ api }) => new URL(api, document.baseURI).href)

/** Where the reader was before a reload. */
export const position = readPosition(writePlace({ filters: readPlace(location.search).filters }))

/** The first request. Its response is an error, or unused, where the page asks for something else by the time it is loaded. */
export const firstRequest = apiBase.then((base): FirstRequest => {
  const args = feedArguments(readPlace(location.search).filters, Date.now())
  const url = apiUrl(base, 'rpc/feed', { limit: Math.min(position?.count ?? PAGE_SIZE, MAX_LIMIT), ...args }).href
  const response = fetch(url, { cache: 'no-cache', signal: AbortSignal.timeout(TIMEOUT) })
  // Handled by whoever reads the response.
  response.catch(() => {})
  return { url, response }
})

async function readConfig(): Promise<{ api: string }> {
  try {
    const response = await fetch('/config.json', { signal: AbortSignal.timeout(CONFIG_TIMEOUT) })
    return await response.json()
  } catch {
    return { api: '/api' }
  }
}
