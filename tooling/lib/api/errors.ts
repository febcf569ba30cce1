/** An error in the shape that PostgREST gives all of its own and all of Postgres's: https://docs.postgrest.org/en/v16/references/errors.html */
export type ApiError = { code: string; message: string; details: string | null; hint: string | null }

export function errorResponse(
  status: number,
  { code, details, hint, message }: ApiError,
  headers: Record<string, string> = {},
): Response {
  return new Response(JSON.stringify({ code, details, hint, message }), {
    status,
    headers: {
      'Content-Type': 'application/json; charset=utf-8',
      ...(status === 503 ? { 'Retry-After': '1' } : {}),
      ...headers,
    },
  })
}

/** The answer that PostgREST gives while it cannot reach the database. */
export function databaseAway(details: string): Response {
  const message = 'Database connection error. Retrying the connection.'
  return errorResponse(503, { code: 'PGRST000', message, details, hint: null })
}
