import type SQLite from 'better-sqlite3'

export const OUTBOX_SCHEMA = `
  -- What the server has not acknowledged yet. Without an item: a row that is gone from the source. waiting is 0 for
  -- what the server refused, which is sent again when that may have changed, and for rows that are gone.
  create table if not exists outbox (
    source text not null,
    key text not null,
    item text,
    since integer not null,
    waiting integer not null,
    refused text,
    primary key (source, key)
  ) without rowid;
  create index if not exists outbox_waiting on outbox (source) where waiting = 1;
  create index if not exists outbox_oldest on outbox (since) where waiting = 1;
`

export type Waiting = { key: string; item: string; refused: string | null }

/** The rows that differ from what the server has, each with the newest that is known of it. */
export class Outbox {
  readonly #sql: Record<
    'put' | 'waiting' | 'delete' | 'refuse' | 'retry' | 'gone' | 'counts' | 'oldest',
    SQLite.Statement
  >

  constructor(db: SQLite.Database) {
    this.#sql = {
      put: db.prepare(`
        insert into outbox (source, key, item, since, waiting) values (?, ?, ?, ?, ?)
        on conflict (source, key) do update set item = excluded.item, waiting = excluded.waiting, refused = null,
          since = iif(outbox.waiting, outbox.since, excluded.since)`),
      waiting: db.prepare(
        'select key, item, refused from outbox indexed by outbox_waiting where source = ? and waiting = 1 limit ?',
      ),
      delete: db.prepare('delete from outbox where source = ? and key = ?'),
      refuse: db.prepare('update outbox set waiting = 0, refused = ? where source = ? and key = ?'),
      retry: db.prepare('update outbox set waiting = 1 where source = ? and refused is not null'),
      gone: db.prepare('select key from outbox where source = ? and item is null limit ?').pluck(),
      counts: db.prepare(`
        select source, count(*) filter (where waiting) as waiting, count(*) filter (where item is null) as gone,
          count(*) filter (where refused is not null) as refused
        from outbox group by source`),
      oldest: db.prepare('select min(since) from outbox where waiting = 1').pluck(),
    }
  }

  put(source: string, key: string, item: string): void {
    this.#sql.put.run(source, key, item, Date.now(), 1)
  }

  putGone(source: string, key: string): void {
    this.#sql.put.run(source, key, null, Date.now(), 0)
  }

  /** At most so many, one at a time: each may be large. */
  waiting(source: string, limit: number): IterableIterator<Waiting> {
    return this.#sql.waiting.iterate(source, limit) as IterableIterator<Waiting>
  }

  gone(source: string, limit: number): string[] {
    return this.#sql.gone.all(source, limit) as string[]
  }

  delete(source: string, key: string): void {
    this.#sql.delete.run(source, key)
  }

  refuse(source: string, key: string, reason: string): void {
    this.#sql.refuse.run(reason, source, key)
  }

  retryRefused(source: string): void {
    this.#sql.retry.run(source)
  }

  counts(): { source: string; waiting: number; gone: number; refused: number }[] {
    return this.#sql.counts.all() as never
  }

  /** Whether there is anything to send: rows, and with `gone` also that rows are gone. */
  hasWork(gone: boolean): boolean {
    return this.oldest !== undefined || (gone && this.counts().some((count) => count.gone > 0))
  }

  /** Since when the oldest one waits, in milliseconds since 1970. */
  get oldest(): number | undefined {
    return (this.#sql.oldest.get() as number | null) ?? undefined
  }
}
