import { accessHeaders } from './access.ts'
import { TIMEOUT } from './api-url.ts'

/**
 * Sends a request. Caches on the way may keep responses for seconds; a reader who asks again must not get their own old one
 * back.
 */
export function send(url: URL, replaced?: AbortSignal): Promise<Response> {
  const signals = [AbortSignal.timeout(TIMEOUT), ...(replaced ? [replaced] : [])]
  return fetch(url, { cache: 'no-cache', headers: accessHeaders(), signal: AbortSignal.any(signals) })
}
