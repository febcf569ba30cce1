import { randomBytes } from 'node:crypto'
import { chmodSync, copyFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type pg from 'pg'
import { makeToken } from '../lib/api/token.ts'
import { startServer } from '../lib/local/server.ts'
import Database from '../lib/move/sqlite-driver.ts'
import { count, progress } from '../lib/output.ts'
import { explainedTime, PAGE, rowsStatement } from './api-statements.ts'
import { median, type Row } from './figures.ts'
import { type Cost, run, startOf, type World, withClient } from './world.ts'

/** A heap in which V8 collects garbage early, in MiB. By itself it lets the heap grow with what is allocated in a while. */
const SMALL_HEAP = 32
/** How often each statement is explained. */
const TURNS = 15
const CHANGED = 10

export const ABOUT_GROWTH = `Each size is a file of its own, moved into a database of its own. Commands are whole processes, without the time that Node and tsx
need to start; their ratio is the time per post against that at the smallest size: it should fall or stay. Statements are
planning and execution times as \`explain (analyze)\` tells them, the median of ${TURNS}, as role web_anon, and their ratio is
to the time at the smallest size. The peak memory of a command is compared with that at the smallest size too: as it is, and in a
heap of ${SMALL_HEAP} MB (\`--max-old-space-size=${SMALL_HEAP} --max-semi-space-size=1\`), in which V8 collects garbage early. The look of
the follower is \`follow --once\` after ${CHANGED} posts changed; where there are fewer than 2,000 pages, page 1,000 is the one in the
middle. The more posts there are, the more of them are in the 7 days of \`top\`. \`--largest\` adds a size.`

/** What one size costs: by command, also in a small heap, and by statement in milliseconds. */
type Size = {
  posts: number
  commands: Record<string, Cost>
  inSmallHeap: Record<string, Cost>
  statements: Record<string, number>
}

/** The commands and calls of the product at sizes from small to large, against the smallest. */
export async function benchGrowth(world: World, sizes: number[]): Promise<Row[]> {
  const measured: Size[] = []
  for (const posts of new Set(sizes)) measured.push(await measure(world, posts))
  const [smallest, ...larger] = measured as [Size, ...Size[]]
  return [
    ...Object.keys(smallest.commands).flatMap((name) => [
      first(`${name}, per post`, perPost(smallest, name), smallest),
      ...larger.map((size) => against(`${name}, per post`, perPost(size, name), perPost(smallest, name), size, '<= 1')),
    ]),
    ...Object.keys(smallest.statements).flatMap((name) => [
      first(name, smallest.statements[name]! / 1e3, smallest),
      ...larger.map((size) =>
        against(name, size.statements[name]! / 1e3, smallest.statements[name]! / 1e3, size, REACH[name]),
      ),
    ]),
    ...Object.keys(smallest.commands).flatMap((name) => [
      ...measured.map((size) => memory(name, 'commands', size, smallest)),
      ...(name in smallest.inSmallHeap ? measured.map((size) => memory(name, 'inSmallHeap', size, smallest)) : []),
    ]),
  ]
}

/** Of the statements whose time may not depend on the number of posts. */
const REACH: Record<string, string> = { 'page 1': '<= 1.2', 'page 1,000': '<= 1.2' }

async function measure(world: World, posts: number): Promise<Size> {
  progress(`growth: ${count(posts)} posts`)
  const folder = await world.moved(posts)
  const url = await world.database(`growth_${posts}`)
  const snapshot = join(folder, 'x_monitor.snapshot.db')
  const rejects = join(folder, 'rejects.jsonl')
  const imported = ['--in', join(folder, 'export'), '--rejects', rejects]
  const start = await startOf('import', folder)
  const timed = async (command: string, args: string[]) => {
    const cost = await run(command, args, url, folder)
    return { ...cost, seconds: Math.max(cost.seconds - start, 0.001) }
  }
  const flags = [`--max-old-space-size=${SMALL_HEAP}`, '--max-semi-space-size=1']
  const inSmallHeap: Record<string, Cost> = {}
  const commands: Record<string, Cost> = { import: await timed('import', imported) }
  /** Commands that change nothing run once more in a small heap. */
  const twice = async (name: string, command: string, args: string[]) => {
    commands[name] = await timed(command, args)
    inSmallHeap[name] = await run(command, args, url, folder, flags)
  }
  await twice('import again', 'import', imported)
  await twice('validate', 'validate', ['--snapshot', snapshot, '--rejects', rejects, '--out', folder])
  const statements = await withClient(url, explainCalls)

  const file = join(folder, 'followed.db')
  copyFileSync(snapshot, file)
  chmodSync(file, 0o600)
  const secret = randomBytes(32).toString('hex')
  const server = await startServer({ databaseUrl: url, jwtSecret: secret })
  const tokenFile = join(folder, 'token')
  writeFileSync(tokenFile, (await makeToken({ role: 'ingest', ttl: '1h', secret })).token, { mode: 0o600 })
  const own = (name: string) => join(folder, name)
  const follow = ['--source', file, '--url', server.url, '--token-file', tokenFile, '--state', own('follow.db')]
  follow.push('--rejects', own('follow-rejects.jsonl'), '--status-file', own('follow-status.json'))
  try {
    await twice('follow --verify', 'follow', [...follow, '--verify'])
    await timed('follow', [...follow, '--once'])
    changePosts(file)
    // A look does not read the whole file: what counts is its time, not its time per post.
    const look = await timed('follow', [...follow, '--once'])
    statements[`follow --once after ${CHANGED} changes`] = look.seconds * 1e3
  } finally {
    await server.stop()
  }
  return { posts, commands, inSmallHeap, statements }
}

async function explainCalls(db: pg.Client): Promise<Record<string, number>> {
  await db.query('vacuum analyze')
  const value = async (text: string) => (await db.query(text)).rows[0]?.value as string
  const deep = await value(
    'select cursor as value from api.feed() offset (select least(49950, count(*) / 2) from posts) limit 1',
  )
  const word = await value(`select word as value
    from (select lower(regexp_split_to_table(body_text, '[^[:alnum:]]+')) as word from (select body_text from posts limit 2000) sample) words
    where word ~ '^[a-z]{5,}$' group by 1 order by count(*) desc, 1 limit 1`)
  const id = await value('select status_id as value from public.embeddings order by 1 limit 1')
  const calls: Record<string, [call: string, given: Record<string, string>]> = {
    'page 1': ['feed', {}],
    'page 1,000': ['feed', { cursor: deep }],
    'search for a common word': ['feed', { q: word }],
    'top of 7 days': ['top', {}],
    'similar posts': ['similar', { status_id: id }],
  }
  await db.query("set role web_anon; set plan_cache_mode = 'force_custom_plan'; set jit = off")
  const times: Record<string, number> = {}
  for (const [name, call] of Object.entries(calls)) {
    const turns: number[] = []
    for (let turn = 0; turn < TURNS; turn++) turns.push(await explainedTime(db, rowsStatement(...call, PAGE)))
    times[name] = median(turns)
  }
  await db.query('reset role')
  return times
}

function changePosts(file: string): void {
  const db = new Database(file)
  const last = db.prepare('select max(rowid) from tweets').pluck().get() as number
  const update = db.prepare('update tweets set likes = likes + 1 where rowid = ?')
  for (let n = 0; n < CHANGED; n++) update.run(1 + ((n * 97_531) % last))
  db.close()
}

function perPost({ posts, commands }: Size, name: string): number {
  return commands[name]!.seconds / posts
}

function first(name: string, seconds: number, { posts }: Size): Row {
  return { what: `${name}, ${count(posts)} posts`, value: readable(seconds), point: { name, posts, ratio: 1 } }
}

function against(name: string, seconds: number, smallest: number, { posts }: Size, reach?: string): Row {
  const ratio = seconds / smallest
  return {
    what: `${name}, ${count(posts)} posts`,
    value: readable(seconds),
    ratio,
    reach,
    point: { name, posts, ratio },
  }
}

function memory(name: string, heap: 'commands' | 'inSmallHeap', size: Size, smallest: Size): Row {
  const [less, more] = [smallest[heap][name]!.megabytes, size[heap][name]!.megabytes]
  const where = heap === 'inSmallHeap' ? ` in a heap of ${SMALL_HEAP} MB` : ''
  return {
    what: `peak memory of ${name}${where}, ${count(size.posts)} posts`,
    value: `${more.toFixed(0)} MB`,
    ...(size !== smallest && { ratio: more / less, reach: '<= 1.2' }),
  }
}

function readable(seconds: number): string {
  if (seconds >= 1) return `${seconds.toFixed(2)} s`
  return seconds >= 1e-3 ? `${(seconds * 1e3).toFixed(2)} ms` : `${(seconds * 1e6).toFixed(1)} µs`
}
