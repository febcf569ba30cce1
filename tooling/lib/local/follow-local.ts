import { join } from 'node:path'
import { makeToken } from '../api/token.ts'
import { ApiClient } from '../follow/api-client.ts'
import { describeEvent } from '../follow/describe.ts'
import { Follower } from '../follow/follower.ts'
import { State } from '../follow/state.ts'
import { progress } from '../output.ts'

type Options = {
  source: string
  /** The address of the local server. */
  url: string
  secret: string
  data: string
  /** Of the source: each has one. */
  database: string
}

const EVERY_MS = 1_000

/** Follows the source beside the local server; returns a function that stops it. */
export function followLocal({ source, url, secret, data, database }: Options): () => Promise<void> {
  const folder = join(data, 'follow')
  // The port may be another one next time, the database is the same.
  const identity = { source, url: database }
  const state = new State(join(folder, `${database}.db`), identity, join(folder, `${database}-rejects.jsonl`))
  const api = new ApiClient(url, async () => (await makeToken({ role: 'ingest', ttl: '5m', secret })).token)
  const follower = new Follower({
    file: source,
    state,
    api,
    acceptOlder: false,
    deletions: false,
    report: (event) => progress(describeEvent(event)),
  })
  const stop = new AbortController()
  const running = follower.run(EVERY_MS, stop.signal).finally(() => {
    follower.close()
    state.close()
  })
  return async () => {
    stop.abort()
    await running
  }
}
