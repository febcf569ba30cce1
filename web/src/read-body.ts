import { ApiError, offlineError, timeoutError } from './api-error.ts'

const KINDS: Record<number, ApiError['kind']> = { 401: 'private', 403: 'private', 404: 'missing' }

/** The body of a response; throws an ApiError if there is none, or it is not a good one. */
export async function readBody<T>(sent: Promise<Response>): Promise<T> {
  const response = await sent.catch(fail)
  const body = parse(await response.text().catch(fail))
  if (response.ok && body) return body as T
  const { status } = response
  const kind = KINDS[status] ?? (status >= 400 && status < 500 ? 'refused' : 'broken')
  throw new ApiError(kind, (kind !== 'broken' && body?.message) || `Server error (HTTP ${status}).`)
}

function parse(text: string) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function fail(problem: Error): never {
  // A newer request replaced this one.
  if (problem.name === 'AbortError') throw problem
  throw problem.name === 'TimeoutError' ? timeoutError() : offlineError()
}
