import type pg from 'pg'
import { PAGE } from './api-statements.ts'

/** Arguments of api.feed by name. */
export type Given = Record<string, string>

/** Where page 1,000 begins. */
const DEEP = 999 * PAGE

/** The filters that are measured, made to fit the posts: who is busy, who is rare, which word is where. */
export async function casesOf(db: pg.Client): Promise<Record<string, Given>> {
  const found = async (text: string, values: string[] = []) => (await db.query(text, values)).rows[0].found as string
  const cursorIn = (given: Given) => {
    const names = Object.keys(given).map((name, index) => `"${name}" := $${index + 1}`)
    const feed = `api.feed(${names.join(', ')})`
    return found(
      `select cursor as found from ${feed} offset least(${DEEP}, (select count(*) / 2 from ${feed})) limit 1`,
      Object.values(given),
    )
  }
  const handle = (order: string) =>
    found(`select author_handle as found from posts group by 1 order by ${order} limit 1`)
  const day = (back: string) =>
    found(`select to_char(max(discovered_at) - interval '${back}', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as found from posts`)

  const busy = await handle('count(*) desc, 1')
  // Rare, and yet a whole page.
  const rare = await handle(`count(*) < ${PAGE}, count(*), 1`)
  const [middle, other] = [await handle('abs(count(*) - 2000), 1'), await handle('abs(count(*) - 2000), 1 offset 1')]
  const two = `${middle},${other}`
  const rarest = await handle('count(*), 1')
  const common = await found(`select word as found
    from (select lower(regexp_split_to_table(body_text, '[^[:alnum:]]+')) as word from (select body_text from posts limit 20000) sample) words
    where word ~ '^[a-z]{5,}$' group by 1 order by count(*) desc, 1 offset 20 limit 1`)
  const tier = 'influencer'
  return {
    'page 1': {},
    'page 1,000 by cursor': { cursor: await cursorIn({}) },
    'one tier': { tier },
    'one tier, page 1,000 by cursor': { tier, cursor: await cursorIn({ tier }) },
    'two tiers': { tier: 'teammate,ecosystem' },
    'no tier': { tier: 'other' },
    'a busy handle': { handle: busy },
    'a rare handle': { handle: rare },
    'two handles of about 2,000 posts': { handle: two },
    'two handles, significant, in one tier': { handle: two, significant: 'true', tier },
    'two handles, q of two letters': { handle: two, q: 'zq' },
    significant: { significant: 'true' },
    'one day, some weeks ago': { since: await day('22 days'), until: await day('21 days') },
    'tier and significant': { tier, significant: 'true' },
    'handle and significant': { handle: busy, significant: 'true' },
    'two tiers, significant, since a day': {
      tier: 'teammate,ecosystem',
      significant: 'true',
      since: await day('21 days'),
    },
    'q, a common term': { q: common },
    'q, a common term in one tier': { q: common, tier },
    'q, a rare term': { q: rarest },
    'q, an absent term': { q: 'zzqxwvk' },
    'q, two letters': { q: 'th' },
    'q, two letters that hardly occur': { q: 'zq' },
  }
}
