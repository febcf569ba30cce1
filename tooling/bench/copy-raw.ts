import { createReadStream, createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import { from, to } from 'pg-copy-streams'
import { POSTS, SNAPSHOTS, TABLES, TARGET_TABLES, type Table } from '../lib/move/tables.ts'
import { withClient } from './world.ts'

/** Seconds that COPY alone needs for the rows of dumpMoved() and the derived ones (docs/rules.md#derived-metrics), in one transaction. */
export function copyRaw(url: string, folder: string): Promise<number> {
  return withClient(url, async (db) => {
    const start = performance.now()
    await db.query('begin')
    for (const table of TABLES) {
      await pipeline(createReadStream(fileOf(table, folder)), db.query(from(`copy ${columnsOf(table)} from stdin`)))
      // Else autovacuum may note posts as empty meanwhile, and each foreign key check reads all of it: minutes.
      if (table === POSTS) await db.query(`analyze ${table.target} (${table.key.join(', ')})`)
    }
    for (const type of SNAPSHOTS.types) await derive(db, type)
    await db.query('commit')
    return (performance.now() - start) / 1000
  })
}

/** Writes the rows of each moved table to a file, as COPY takes them. */
export async function dumpMoved(url: string, folder: string): Promise<void> {
  await withClient(url, async (db) => {
    for (const table of TABLES)
      await pipeline(db.query(to(`copy ${columnsOf(table)} to stdout`)), createWriteStream(fileOf(table, folder)))
  })
}

export async function emptyTables(url: string): Promise<void> {
  await withClient(url, (db) => db.query(`truncate ${TARGET_TABLES.join(', ')}; checkpoint`))
}

function derive(db: pg.Client, type: string) {
  const { target, columns, key } = SNAPSHOTS
  return db.query(`insert into ${target} (${columns.join(', ')}) select ${columns.join(', ')}
    from (${SNAPSHOTS.derive(type, POSTS.target)}) derived on conflict (${key.join(', ')}) do nothing`)
}

function columnsOf({ target, columns }: Table): string {
  return `${target} (${columns.map(({ name }) => name).join(', ')})`
}

function fileOf({ target }: Table, folder: string): string {
  return join(folder, `${target}.copy`)
}
