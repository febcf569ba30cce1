import assert from 'node:assert/strict'

// What a call of the API must answer, and how one is asked: for the tests, with data that is known (test/api), and for
// npm run smoke, against whatever is deployed (contract-reads.ts).

/** Where an API answers: PostgREST's paths behind `api`, the v1 contract behind `v1` (none: PostgREST alone). */
export type Target = { api: string; v1?: string | undefined; token?: string | undefined }

// biome-ignore lint/suspicious/noExplicitAny: an answer is what it is; each call says what it must be
export type Answer = { status: number; headers: Headers; text: string; body: any }

/** What the calls before have shown; a call whose path needs what is not there is skipped. */
export type Known = { post?: { status_id: string; cursor: string } }

export type Call = {
  /** A sentence. */
  name: string
  /** PostgREST's path, or that of the contract when it begins with /v1. */
  path: string | ((known: Known) => string | undefined)
  method?: 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'PUT' | 'DELETE' | 'OPTIONS'
  headers?: Record<string, string>
  body?: unknown
  /** Sends the target's token. */
  token?: true
  /** Sends the target's token as X-API-Key. */
  apiKey?: true
  status: number
  /** Each must be there and match. */
  answers?: Record<string, RegExp>
  /** Throws when the answer is wrong. */
  check?: (answer: Answer, known: Known) => void
}

export type Verdict = { name: string; outcome: 'passed' | 'failed' | 'skipped'; why?: string }

/** Asks one call and holds the answer to it. */
export async function judge(target: Target, call: Call, known: Known = {}): Promise<Verdict> {
  const path = typeof call.path === 'string' ? call.path : call.path(known)
  if (path === undefined) return { name: call.name, outcome: 'skipped', why: 'there are no posts' }
  const url = address(target, path)
  if (!url) return { name: call.name, outcome: 'skipped', why: 'this address has no /v1' }
  if (call.token && !target.token) return { name: call.name, outcome: 'skipped', why: 'there is no token' }
  try {
    const answer = await ask(target, call, url)
    assert.equal(
      answer.status,
      call.status,
      `status ${answer.status}, not ${call.status}: ${answer.text.slice(0, 200)}`,
    )
    for (const [name, pattern] of Object.entries(call.answers ?? {}))
      assert.match(answer.headers.get(name) ?? '', pattern, `${name} is '${answer.headers.get(name)}', not ${pattern}`)
    call.check?.(answer, known)
    return { name: call.name, outcome: 'passed' }
  } catch (error) {
    const { message, cause } = error as Error
    return { name: call.name, outcome: 'failed', why: cause ? `${message}: ${(cause as Error).message}` : message }
  }
}

/** The check that an answer is an error in PostgREST's shape whose message begins so. */
export function refuses(code: string, beginning: string): NonNullable<Call['check']> {
  return ({ body }) => {
    assert.deepEqual(Object.keys(body).sort(), ['code', 'details', 'hint', 'message'])
    assert.equal(body.code, code)
    assert.ok(body.message.startsWith(beginning), `the message is '${body.message}', not '${beginning}...'`)
  }
}

async function ask(target: Target, call: Call, url: string): Promise<Answer> {
  const response = await fetch(url, {
    method: call.method ?? 'GET',
    headers: {
      ...(call.body !== undefined && { 'Content-Type': 'application/json' }),
      ...(call.token && target.token && { Authorization: `Bearer ${target.token}` }),
      ...(call.apiKey && target.token && { 'X-API-Key': target.token }),
      ...call.headers,
    },
    ...(call.body !== undefined && { body: typeof call.body === 'string' ? call.body : JSON.stringify(call.body) }),
    signal: AbortSignal.timeout(30_000),
  })
  const text = await response.text()
  const json = response.headers.get('content-type')?.includes('json') && text
  return { status: response.status, headers: response.headers, text, body: json ? JSON.parse(text) : undefined }
}

function address({ api, v1 }: Target, path: string): string | undefined {
  if (!path.startsWith('/v1/')) return api + path
  return v1 && v1 + path.slice('/v1'.length)
}
