import assert from 'node:assert/strict'
import type { Api } from './api.ts'

/** What every ingest call answers. */
export type IngestAnswer = {
  received: number
  inserted: number
  updated: number
  skipped: number
  superseded: number
  deleted: number
  removed?: number
  ignored: Record<string, number>
  errors: { index: number; message: string }[]
}

/** A post with what is required. */
export const POST = {
  status_id: '42',
  url: 'https://x.com/eve/status/42',
  author_handle: 'eve',
  discovered_at: '2026-03-01T10:00:00.123456Z',
  last_seen_at: '2026-03-01T11:00:00Z',
  likes: 1,
}

/** Sends a body to an ingest call, as it is if it is a text, and gives the answer, whose counts must add up. */
export async function ingest(api: Api, call: string, body: unknown): Promise<IngestAnswer> {
  const response = await post(api, `/rpc/${call}`, body)
  const answer = (await response.json()) as IngestAnswer
  assert.equal(response.status, 200, JSON.stringify(answer))
  const { received, inserted, updated, skipped, superseded, deleted, errors } = answer
  assert.equal(received, inserted + updated + skipped + superseded + deleted + errors.length)
  return answer
}

export function post(api: Api, path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${path.startsWith('/v1') ? api.server.url : api.target.api}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', Authorization: `Bearer ${api.target.token}`, ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
}

/** Inserted, updated, skipped, and the number of errors. */
export function counts({ inserted, updated, skipped, errors }: IngestAnswer): number[] {
  return [inserted, updated, skipped, errors.length]
}

/** The columns of one post, as texts; instants as `2026-03-01 11:00:00+00`. */
export async function storedPost(api: Api, id = POST.status_id): Promise<Record<string, string | null>> {
  const [row] = await api.db.query<{ post: Record<string, string | null> }>(
    `select (select jsonb_object_agg(key, value) from jsonb_each_text(to_jsonb(posts))) as post
    from public.posts where status_id = $1`,
    [id],
  )
  return row!.post
}
