import { readFileSync } from 'node:fs'
import { AUTHORS } from './demo-authors.ts'
import { generate } from './generate.ts'
import type { Draft } from './invent.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const DAYS = 28
const POST = /^(\d+) (\d\d):(\d\d) (\w+)(?: \| ([^\n]+))?\n(.+)$/s

/**
 * Writes the demo's SQLite file: four weeks of posts about an invented project, up to the last full hour before `now`.
 * On the same UTC day, a later file only has more rows.
 */
export function writeDemo(file: string, { now = Date.now() }: { now?: number } = {}): void {
  const today = Math.floor(now / DAY) * DAY
  const until = Math.floor(now / HOUR) * HOUR
  const drafts = demoPosts(today).filter(({ at }) => at < until)
  generate({
    file,
    posts: { watchlist: AUTHORS.filter(({ tier }) => tier), drafts },
    embeddings: drafts.length,
    dims: 256,
    seed: 28,
    since: today - (DAYS - 1) * DAY,
    until,
  })
}

/** Reads demo-posts.txt: '== DAYS TIME HANDLE | REASON', then the text up to the next such line. */
function demoPosts(today: number): Draft[] {
  const authors = new Map(AUTHORS.map((author) => [author.handle, author]))
  const [, ...blocks] = readFileSync(new URL('./demo-posts.txt', import.meta.url), 'utf8').split(/^== /m)
  return blocks.map((block) => {
    const [, days, hour, minute, handle, significance, text] = POST.exec(block)!
    const at = today - Number(days) * DAY + Number(hour) * HOUR + Number(minute) * 60_000
    return { at, author: authors.get(handle!)!, text: text!.trim(), ...(significance && { significance }) }
  })
}
