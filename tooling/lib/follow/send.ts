import { TABLES, type Table } from '../move/tables.ts'
import type { Answer, ApiClient } from './api-client.ts'
import type { Waiting } from './outbox.ts'
import type { State } from './state.ts'
import { Trouble } from './trouble.ts'

/** The API takes up to 1,000 items, and up to 8 MB. */
const MAX_ITEMS = 1_000
const MAX_BYTES = 4_000_000

/** Per table of Postgres: what the server says it did, skipped as deleted on request, and refused. */
export type Sent = Record<string, { sent: number; inserted: number; updated: number; deleted: number; refused: number }>

/** Sends what waits, in the order of the move, so that a report never arrives before its post. */
export async function sendWaiting(state: State, api: ApiClient, sent: Sent = {}): Promise<Sent> {
  for (const table of TABLES) {
    if (table.parent && sent[table.parent.target]) state.outbox.retryRefused(table.source)
    for (let batch = nextBatch(state, table); batch.length > 0; batch = nextBatch(state, table))
      await sendBatch(state, api, table, batch, sent)
  }
  return sent
}

/** Removes from Postgres what is gone from the source, children before their posts; returns how many rows that were. */
export async function sendGone(state: State, api: ApiClient): Promise<number> {
  let removed = 0
  for (const { source, target } of TABLES.toReversed())
    for (
      let keys = state.outbox.gone(source, MAX_ITEMS);
      keys.length > 0;
      keys = state.outbox.gone(source, MAX_ITEMS)
    ) {
      const items = keys.map((key) => ({ table_name: target, key: JSON.parse(key) }))
      removed += (await api.remove(JSON.stringify({ items }))).removed
      state.transaction(() => {
        for (const key of keys) state.outbox.delete(source, key)
      })
    }
  return removed
}

function nextBatch(state: State, { source }: Table): Waiting[] {
  const batch: Waiting[] = []
  let bytes = 0
  for (const waiting of state.outbox.waiting(source, MAX_ITEMS)) {
    bytes += Buffer.byteLength(waiting.item)
    if (bytes > MAX_BYTES && batch.length > 0) break
    batch.push(waiting)
  }
  return batch
}

async function sendBatch(state: State, api: ApiClient, table: Table, batch: Waiting[], sent: Sent): Promise<void> {
  const answer = await post(api, table, batch)
  if (!answer) {
    const half = Math.ceil(batch.length / 2)
    await sendBatch(state, api, table, batch.slice(0, half), sent)
    return sendBatch(state, api, table, batch.slice(half), sent)
  }
  const refused = new Map(answer.errors.map(({ index, message }) => [index, message]))
  state.transaction(() => {
    for (const [index, waiting] of batch.entries()) {
      const reason = refused.get(index)
      if (reason === undefined) state.outbox.delete(table.source, waiting.key)
      else refuse(state, table, waiting, reason)
    }
  })
  const before = sent[table.target] ?? { sent: 0, inserted: 0, updated: 0, deleted: 0, refused: 0 }
  sent[table.target] = {
    sent: before.sent + batch.length - refused.size,
    inserted: before.inserted + answer.inserted,
    updated: before.updated + answer.updated,
    deleted: before.deleted + answer.deleted,
    refused: before.refused + refused.size,
  }
}

/** The answer; undefined when the server takes no part of the batch because of something in it. */
async function post(api: ApiClient, table: Table, batch: Waiting[]): Promise<Answer | undefined> {
  try {
    const items = batch.map(({ item }) => item).join()
    return await api.post(table.ingest, `{"items":[${items}],"replace":true}`)
  } catch (error) {
    if (!(error instanceof Trouble) || error.kind !== 'body') throw error
    if (batch.length > 1) return undefined
    return { received: 1, inserted: 0, updated: 0, skipped: 0, deleted: 0, errors: [{ index: 0, message: error.fact }] }
  }
}

function refuse(state: State, table: Table, { key, item, refused }: Waiting, reason: string): void {
  state.outbox.refuse(table.source, key, reason)
  if (refused !== reason) state.rejects.write(table.source, undefined, { field: table.key.join(', '), reason }, item)
}
