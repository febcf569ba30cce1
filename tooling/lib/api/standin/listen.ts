import pg from 'pg'

const RETRY_MILLISECONDS = 250

/** Calls back on each notification of a channel and after each reconnect; returns a stop function. */
export function listen(connectionString: string, channel: string, changed: () => void): () => Promise<void> {
  let client: pg.Client | undefined
  let timer: NodeJS.Timeout | undefined
  let over = false

  const again = () => {
    client = undefined
    changed()
    if (!over) timer = setTimeout(start, RETRY_MILLISECONDS)
    timer?.unref()
  }
  const start = async () => {
    const own = new pg.Client({ connectionString })
    client = own
    own.on('error', () => {})
    own.once('end', again)
    own.on('notification', changed)
    try {
      await own.connect()
      await own.query(`listen ${pg.escapeIdentifier(channel)}`)
      changed()
    } catch {
      // After a failed connect there is no 'end' event.
      if (client === own) again()
    }
  }
  start()

  return async () => {
    over = true
    clearTimeout(timer)
    client?.removeAllListeners('end')
    await client?.end().catch(() => {})
  }
}
