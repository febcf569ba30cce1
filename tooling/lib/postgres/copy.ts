import { once } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import type pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'

/** Runs COPY ... FROM STDIN with the given pieces of its text. */
export async function copyIn(db: pg.Client, statement: string, pieces: AsyncIterable<string>): Promise<void> {
  const copy = db.query(copyFrom(statement))
  let failure: Error | undefined
  // The server may refuse at any moment. This listener stays: without one, a late error would end the process.
  const ended = new Promise<void>((resolve, reject) => {
    copy.on('finish', resolve)
    copy.on('error', (error) => {
      failure ??= error
      reject(error)
    })
  })
  ended.catch(() => {})
  try {
    for await (const piece of pieces) {
      if (failure) break
      if (!copy.write(piece)) await Promise.race([once(copy, 'drain'), ended])
      // Lets the answer of a server that goes away arrive before the next write breaks the connection.
      await setImmediate()
    }
  } catch (error) {
    // The pieces failed, not the server: it must be told, since it waits for more.
    if (!failure) copy.destroy(error as Error)
    throw failure ?? error
  }
  if (!failure) copy.end()
  await ended
}
