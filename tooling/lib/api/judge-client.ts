import assert from 'node:assert/strict'
import { PostgrestClient } from '@supabase/postgrest-js'
import type { Verdict } from './contract.ts'

const NAME = 'postgrest-js reads the feed, page by page'

/** Reads two pages of one post each with PostgREST's usual JavaScript client, as users of the API do. */
export async function judgeClient(api: string, token?: string): Promise<Verdict> {
  const client = new PostgrestClient(api, token ? { headers: { Authorization: `Bearer ${token}` } } : {})
  const read = async (args: { cursor?: string }) => {
    const { data, error } = await client.rpc('feed', args, { get: true }).limit(1)
    if (error) throw new Error(error.message)
    return data as { status_id: string; cursor: string }[]
  }
  try {
    const [first] = await read({})
    if (!first) return { name: NAME, outcome: 'skipped', why: 'there are no posts' }
    const [second] = await read({ cursor: first.cursor })
    assert.notEqual(second?.status_id, first.status_id, 'the second page begins with the post of the first')
    return { name: NAME, outcome: 'passed' }
  } catch (error) {
    return { name: NAME, outcome: 'failed', why: (error as Error).message }
  }
}
