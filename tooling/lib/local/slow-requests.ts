import { errorResponse } from '../api/errors.ts'

/** As in infra/nginx: PostgREST has 10 connections to the database. */
export const MAX_SLOW = 4

type Work = () => Promise<Response>

/** Runs at most so many slow requests at once; one more is refused. */
export function limitSlow(max: number): (work: Work) => Promise<Response> {
  let running = 0
  return async (work) => {
    if (running >= max) return tooMany(max)
    running++
    try {
      return await work()
    } finally {
      running--
    }
  }
}

function tooMany(max: number): Response {
  const hint = `Send at most ${max} at once with q, reported, a filter on a column, or an order.`
  const error = { code: 'XM429', message: 'Too many requests.', details: null, hint }
  return errorResponse(429, error, { 'Retry-After': '1' })
}
