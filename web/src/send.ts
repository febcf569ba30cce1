import { accessHeaders } from './access.ts'
import { TIMEOUT } from './api-url.ts'

/**
 * Sends a request, and sends it again while the server has too many at once. Caches on the way may keep responses for seconds;
 * a reader who asks again must not get their own old one back.
 */
export async function send(url: URL, replaced?: AbortSignal, headers?: Record<string, string>): Promise<Response> {
  const signal = AbortSignal.any([AbortSignal.timeout(TIMEOUT), replaced ?? []].flat())
  for (;;) {
    const response = await fetch(url, { cache: 'no-cache', headers: { ...headers, ...accessHeaders() }, signal })
    if (response.status !== 429) return response
    // As long as every edge says. Several that were refused may come back together: each time, some are let through.
    await new Promise((done) => setTimeout(done, 1000))
  }
}
