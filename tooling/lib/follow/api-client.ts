import type { TokenSource } from './token-source.ts'
import { Trouble } from './trouble.ts'

/** What every ingest call answers. */
export type Answer = {
  received: number
  inserted: number
  updated: number
  skipped: number
  deleted: number
  errors: { index: number; message: string }[]
}

const TIMEOUT_MS = 60_000
const BODY_STATUSES = [400, 413, 422]
const NEW_TOKEN = 'Write a new one into the file of --token-file (npm run -s token), or set XMONITOR_TOKEN.'
const WHEN_BACK = 'Run it again when the server answers; nothing is lost.'
/** Where PostgREST answers: behind the edge, or alone. */
const PREFIXES = ['/api', '']

/** The API's calls that write, as a follower makes them. */
export class ApiClient {
  readonly url: string
  readonly #token: TokenSource
  #base: string | undefined
  #refusedToken: string | undefined

  constructor(url: string, token: TokenSource) {
    this.url = url.replace(/\/+$/, '')
    this.#token = token
  }

  /** Whether there is another token than the one that was refused. */
  async hasNewToken(): Promise<boolean> {
    if (this.#refusedToken === undefined) return false
    return this.#refusedToken !== (await this.#token().catch(() => this.#refusedToken))
  }

  post(call: string, body: string): Promise<Answer> {
    return this.#post(call, body) as never
  }

  remove(body: string): Promise<{ removed: number }> {
    return this.#post('ingest_removals', body) as never
  }

  get(call: string, query: Record<string, string>): Promise<unknown> {
    return this.#ask(`/rpc/${call}?${new URLSearchParams(query)}`, {})
  }

  #post(call: string, body: string): Promise<unknown> {
    return this.#ask(`/rpc/${call}`, { method: 'POST', body, headers: { 'Content-Type': 'application/json' } })
  }

  async #ask(path: string, init: RequestInit): Promise<unknown> {
    this.#base ??= await this.#findBase()
    const token = await this.#token()
    const headers = { ...init.headers, Authorization: `Bearer ${token}` }
    const response = await this.#fetch(this.#base + path, { ...init, headers })
    this.#refusedToken = [401, 403].includes(response.status) ? token : undefined
    const text = await response.text().catch((error: Error) => {
      throw new Trouble('away', `${this.url} broke off its answer: ${error.message}.`, WHEN_BACK)
    })
    if (response.ok) return parse(text) ?? this.#refuse(response, text)
    return this.#refuse(response, text)
  }

  /** The health is asked first: a page or another server may answer anything to other paths. */
  async #findBase(): Promise<string> {
    let last: Response | undefined
    for (const prefix of PREFIXES) {
      last = await this.#fetch(`${this.url}${prefix}/rpc/health`, {})
      const answer = parse(await last.text()) as { service?: string } | undefined
      if (answer?.service === 'xmonitor-api') return this.url + prefix
      if (last.status >= 500 || last.status === 429) return this.#refuse(last, '')
    }
    throw new Trouble(
      'api',
      `${this.url} is not the address of XMonitor's API.`,
      'Correct --url: npm run smoke -- --url URL checks it.',
    )
  }

  async #fetch(url: string, init: RequestInit): Promise<Response> {
    // A look can take longer than a server keeps an idle connection, which then breaks under the next request.
    const headers = { ...init.headers, Connection: 'close' }
    try {
      return await fetch(url, { ...init, headers, signal: AbortSignal.timeout(TIMEOUT_MS) })
    } catch (error) {
      const { message, cause } = error as Error
      const why = (cause as NodeJS.ErrnoException | undefined)?.code ?? message
      throw new Trouble('away', `${this.url} cannot be reached: ${why}.`, WHEN_BACK)
    }
  }

  #refuse({ status, headers }: Response, text: string): never {
    const { message = text.slice(0, 200), hint } = (parse(text) ?? {}) as { message?: string; hint?: string }
    const fact = `${this.url} answers ${status}${message && `: ${message}`}`
    if (status === 401 || status === 403) throw new Trouble('token', fact, NEW_TOKEN)
    if (status >= 500 || status === 429 || status === 408)
      throw new Trouble('away', fact, WHEN_BACK, retryAfter(headers.get('retry-after')))
    if (BODY_STATUSES.includes(status))
      throw new Trouble('body', fact, hint ?? 'Correct the rows that the message names.')
    throw new Trouble('api', fact, hint ?? 'Is the API of the same version as this program?')
  }
}

/** https://www.rfc-editor.org/rfc/rfc9110#name-retry-after: seconds, or a date. */
function retryAfter(header: string | null): number | undefined {
  if (!header) return undefined
  const milliseconds = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now()
  return milliseconds > 0 ? milliseconds : undefined
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
