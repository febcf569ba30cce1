import { renameSync, rmSync } from 'node:fs'
import type SQLite from 'better-sqlite3'
import { reserveTempFile } from '../files.ts'
import Database from '../move/sqlite-driver.ts'
import { TABLES } from '../move/tables.ts'
import { createCorrupter } from './corrupt-rows.ts'
import { embeddingRow, postRow, reportRow, stamp, watchRow } from './generate-rows.ts'
import { type Author, type Draft, inventAuthors, inventPosts } from './invent.ts'
import { random as seeded } from './random.ts'
import { type RowCounts, type SampleRow, zeroCounts } from './sample-types.ts'
import { createInserter, createTable } from './sqlite-writer.ts'

type Options = {
  /** Replaced if it exists, once the new one is complete. */
  file: string
  /** How many posts to invent, or the posts themselves in the order of their discovery. */
  posts: number | { watchlist: Author[]; drafts: Draft[] }
  embeddings?: number
  dims?: number
  seed?: number
  /** Nothing in the file is later. In milliseconds, like all instants here. */
  until?: number
  since?: number
  /** Adds rows that the rules of the move reject. */
  rejects?: boolean
}

/** How many rows each table has, and how many of them the move rejects. */
export type Generated = { rows: RowCounts; rejects: RowCounts }

const HOUR = 3_600_000
const DAY = 24 * HOUR
const RUN_EVERY = HOUR

/** Writes a SQLite file in the shape the monitor keeps. The same options give the same rows. */
export function generate(options: Options): Generated {
  // SQLite fills the empty file; if it had to create one, it could not say why it cannot.
  const part = reserveTempFile(options.file)
  const db = new Database(part)
  try {
    // An incomplete file is deleted, so nothing has to survive a crash.
    db.pragma('journal_mode = off')
    db.pragma('synchronous = off')
    for (const table of TABLES) createTable(db, table)
    db.exec('create table settings (key text primary key, value text)')
    const generated = db.transaction(() => fill(db, options))()
    db.close()
    renameSync(part, options.file)
    return generated
  } finally {
    db.close()
    rmSync(part, { force: true })
  }
}

function fill(db: SQLite.Database, options: Options): Generated {
  const { posts, embeddings = 0, dims = 16, seed = 1, until = Date.UTC(2026, 2, 1) } = options
  const random = seeded(seed)
  const invented = typeof posts === 'number'
  const total = invented ? posts : posts.drafts.length
  const since = options.since ?? until - (total > 50_000 ? 84 : 42) * DAY
  const authors = invented ? inventAuthors(Math.min(25_000, Math.max(120, Math.ceil(total / 40))), random) : []
  const watchlist = invented ? authors.filter((author) => author.tier) : posts.watchlist
  const drafts = invented ? inventPosts(total, { authors, days: (until - since) / DAY, until, random }) : posts.drafts

  const rows = zeroCounts()
  const inserters = new Map(TABLES.map((table) => [table.source, createInserter(db, table)]))
  const add = (table: string, row: SampleRow) => {
    rows[table]!++
    inserters.get(table)!.add(row)
  }
  const corrupter = createCorrupter(options.rejects === true)

  for (const [i, author] of watchlist.entries()) add('watch_accounts', watchRow(author, since - (90 - i) * DAY))

  // Each hour is one run of the monitor, which finds and reports its posts five minutes before the end of the hour.
  let run = { from: Math.floor(since / RUN_EVERY) * RUN_EVERY, fetched: 0, significant: 0, reported: 0 }
  const finishRun = () => {
    const hour = (run.from / RUN_EVERY) % 24
    const note = random.chance(0.02) ? 'rate limited, resumed after 90 s' : null
    add('runs', {
      run_at: stamp(runAt(run.from)),
      mode: modeAt(hour),
      fetched_count: run.fetched,
      significant_count: run.significant,
      reported_count: run.reported,
      note,
      source: 'local-dispatcher',
    })
    if (hour === 6) add('runs', { run_at: stamp(run.from + RUN_EVERY / 2), mode: 'refresh-24h' })
    run = { from: run.from + RUN_EVERY, fetched: 0, significant: 0, reported: 0 }
  }

  let index = 0
  for (const draft of drafts) {
    while (draft.at >= run.from + RUN_EVERY) finishRun()
    const found = runAt(run.from) + Math.floor(((draft.at - run.from) / RUN_EVERY) * 60_000)
    const mode = modeAt((run.from / RUN_EVERY) % 24)
    const row = postRow(draft, { index, found, until, mode, random })
    const id = row.status_id
    const corrupted = corrupter.corruptPost(row)
    add('tweets', row)
    run.fetched++
    if (draft.significance) {
      run.significant++
      if (random.chance(0.6)) {
        run.reported++
        add('reports', corrupter.corruptReport(reportRow(id, draft, found, random), corrupted))
      }
    }
    if (Math.floor(((index + 1) * embeddings) / total) > Math.floor((index * embeddings) / total)) {
      add('tweet_embeddings', corrupter.corruptEmbedding(embeddingRow(id, draft, found, dims, random), corrupted))
    }
    index++
  }
  while (run.from + RUN_EVERY <= until) finishRun()

  for (const [table, row] of corrupter.extraRows(watchlist[0]?.handle)) add(table, row)
  for (const inserter of inserters.values()) inserter.flush()
  corrupter.writeInvalidText(db)
  db.prepare('insert into settings (key, value) values (?, ?)').run('generated_with_seed', String(seed))
  return { rows, rejects: corrupter.count }
}

const runAt = (from: number) => from + RUN_EVERY - 5 * 60_000
const modeAt = (hour: number) => (hour === 12 ? 'both' : hour % 2 ? 'discovery' : 'priority')
