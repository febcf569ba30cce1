import { createHash } from 'node:crypto'
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type SQLite from 'better-sqlite3'
import { writing } from '../files.ts'
import Database from '../move/sqlite-driver.ts'
import { TABLES, type Table } from '../move/tables.ts'
import { spoiler } from './generate-rejects.ts'
import { nameOf, postRow, stamp } from './generate-rows.ts'
import { type Author, type Draft, inventAuthors, inventPosts } from './invent.ts'
import { type Random, random as seeded } from './random.ts'

export type Generated = Record<'tweets' | 'reports' | 'watch_accounts' | 'runs' | 'tweet_embeddings', number>

type Options = {
  /** Replaced when it exists, and only once the new one is whole. */
  file: string
  /** How many posts to invent, or the posts themselves, in the order of their discovery. */
  posts: number | { watchlist: Author[]; drafts: Draft[] }
  embeddings?: number
  dims?: number
  seed?: number
  /** Nothing in the file is later. Milliseconds, as all instants here. */
  until?: number
  since?: number
  /** Plants rows that the rules of the move reject. */
  rejects?: boolean
}

const HOUR = 3_600_000
const DAY = 24 * HOUR
const RUN_EVERY = HOUR

/**
 * Writes a SQLite file as the monitor keeps it. The same options give the same rows. Returns how many rows each table got,
 * and how many of them were planted for rejection.
 */
export function generate(options: Options): { rows: Generated; rejects: Generated } {
  const part = `${options.file}.part`
  writing(options.file, () => {
    mkdirSync(dirname(options.file), { recursive: true })
    // SQLite fills an empty file, but would not say why it cannot make one.
    writeFileSync(part, '')
  })
  const db = new Database(part)
  try {
    // A file that is not whole is thrown away, so nothing has to survive a crash.
    db.pragma('journal_mode = off')
    db.pragma('synchronous = off')
    db.exec([...TABLES.map(createTable), 'create table settings (key text primary key, value text)'].join(';'))
    const written = db.transaction(() => fill(db, options))()
    db.close()
    renameSync(part, options.file)
    return written
  } finally {
    db.close()
    rmSync(part, { force: true })
  }
}

function fill(db: SQLite.Database, options: Options): { rows: Generated; rejects: Generated } {
  const { posts, embeddings = 0, dims = 16, seed = 1, until = Date.UTC(2026, 2, 1) } = options
  const random = seeded(seed)
  const invented = typeof posts === 'number'
  const total = invented ? posts : posts.drafts.length
  const since = options.since ?? until - (total > 50_000 ? 84 : 42) * DAY
  const authors = invented ? inventAuthors(Math.min(25_000, Math.max(120, Math.ceil(total / 40))), random) : []
  const watchlist = invented ? authors.filter((author) => author.tier) : posts.watchlist
  const drafts = invented ? inventPosts(total, { authors, days: (until - since) / DAY, until, random }) : posts.drafts

  const rows: Generated = { tweets: 0, reports: 0, watch_accounts: 0, runs: 0, tweet_embeddings: 0 }
  const tables = new Map(TABLES.map((table) => [table.source, inserter(db, table)]))
  const add = (table: keyof Generated, row: unknown[]) => {
    rows[table]++
    tables.get(table)!.add(row)
  }
  const spoil = spoiler(options.rejects === true)

  watchlist.forEach((author, i) => {
    add('watch_accounts', [author.handle, author.tier, author.note ?? null, stamp(since - (90 - i) * DAY, 'second')])
  })

  // The posts come hour by hour: each hour is one run of the monitor, which finds and reports five minutes before its end.
  let run = { from: Math.floor(since / RUN_EVERY) * RUN_EVERY, fetched: 0, significant: 0, reported: 0 }
  const finishRun = () => {
    const hour = (run.from / RUN_EVERY) % 24
    const note = random.chance(0.02) ? 'rate limited, resumed after 90 s' : null
    const counts = [run.fetched, run.significant, run.reported]
    add('runs', [stamp(runAt(run.from), 'second'), modeAt(hour), ...counts, note, 'local-dispatcher'])
    if (hour === 6)
      add('runs', [stamp(run.from + RUN_EVERY / 2, 'second'), 'refresh-24h', null, null, null, null, null])
    run = { from: run.from + RUN_EVERY, fetched: 0, significant: 0, reported: 0 }
  }

  let index = 0
  for (const draft of drafts) {
    while (draft.at >= run.from + RUN_EVERY) finishRun()
    const found = runAt(run.from) + Math.floor(((draft.at - run.from) / RUN_EVERY) * 60_000)
    const mode = modeAt((run.from / RUN_EVERY) % 24)
    const { row, id } = postRow(draft, { index, found, until, mode, random })
    const spoilt = spoil.post(row)
    add('tweets', row)
    run.fetched++
    if (draft.significance) {
      run.significant++
      if (random.chance(0.6)) {
        run.reported++
        add('reports', spoil.report(reportRow(id, draft, found, random), spoilt))
      }
    }
    if (Math.floor(((index + 1) * embeddings) / total) > Math.floor((index * embeddings) / total)) {
      add('tweet_embeddings', spoil.embedding(embeddingRow(id, draft, found, dims, random), spoilt))
    }
    index++
  }
  while (run.from + RUN_EVERY <= until) finishRun()

  for (const [table, row] of spoil.extraRows(watchlist[0]?.handle)) add(table, row)
  for (const table of tables.values()) table.flush()
  spoil.afterwards(db)
  db.prepare('insert into settings (key, value) values (?, ?)').run('generated_with_seed', String(seed))
  return { rows, rejects: spoil.count }
}

const runAt = (from: number) => from + RUN_EVERY - 5 * 60_000
const modeAt = (hour: number) => (hour === 12 ? 'both' : hour % 2 ? 'discovery' : 'priority')

/** Inserts many rows per statement: at a million rows the calls into SQLite are what costs. */
function inserter(db: SQLite.Database, { source, columns }: Table) {
  const ROWS = 40
  const names = columns.map(nameOf).join(', ')
  const one = `(${columns.map(() => '?').join(', ')})`
  const statement = (rows: number) =>
    db.prepare(`insert into ${source} (${names}) values ${Array(rows).fill(one).join(', ')}`)
  const many = statement(ROWS)
  let waiting: unknown[] = []
  return {
    add(row: unknown[]) {
      for (const value of row) waiting.push(value)
      if (waiting.length === ROWS * columns.length) {
        many.run(waiting)
        waiting = []
      }
    },
    flush() {
      if (waiting.length) statement(waiting.length / columns.length).run(waiting)
      waiting = []
    },
  }
}

function reportRow(id: string, draft: Draft, found: number, random: Random): unknown[] {
  const line = (draft.text ?? '').replace(/\s+/g, ' ').slice(0, 100)
  const summary = line.replace(/[\ud800-\udbff]$/, '')
  const at = stamp(found + random.between(60_000, 150_000), 'second')
  return [id, at, 'signal', summary, random.pick(['team', 'group'])]
}

function embeddingRow(id: string, draft: Draft, found: number, dims: number, random: Random): unknown[] {
  const text = draft.text ?? ''
  const vector = Array.from({ length: dims }, () => random.pick(NUMBERS)).join(', ')
  return [
    ...[id, 'venice', 'text-embedding-bge-m3', dims, `[${vector}]`, createHash('sha256').update(text).digest('hex')],
    ...[stamp(found + 20_000, 'microsecond', random), random.chance(0.5) ? stamp(found + 30_000, 'second') : null],
  ]
}

/** What vectors are drawn from, for speed; in the spelling of Python's json.dumps. */
const NUMBERS = [
  '0.0',
  '-1e-05',
  ...Array.from({ length: 4096 }, (_, i) => sixDigits(((i * 7919) % 4096) / 2048 - 0.99)),
]

function sixDigits(number: number): string {
  return String(Number(number.toFixed(6)))
}

const COUNTS = /likes|reposts|replies|views|_count$|^dims$|^is_/

/** A table as the monitor makes it: its runs are numbered, of the others the first column is the key. */
function createTable({ source, columns }: Table): string {
  const key = source === 'runs' ? ['id integer primary key autoincrement'] : []
  const defined = columns.map((column, i) => {
    const type = COUNTS.test(column.name) ? 'integer' : 'text'
    return `${nameOf(column)} ${type}${i === 0 && key.length === 0 ? ' primary key' : ''}`
  })
  return `create table ${source} (${[...key, ...defined].join(', ')})`
}
