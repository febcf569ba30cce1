import type pg from 'pg'
import type { Given } from './api-cases.ts'
import { explainedTime, feedStatement, rowsStatement, valueStatement } from './api-statements.ts'
import { median, type Row } from './figures.ts'

const TURNS = 15

/** What is measured, and the most it may take of the time of page 1. */
async function casesOf(db: pg.Client): Promise<[name: string, call: string, given: Given, reach?: string][]> {
  const found = async (text: string) => (await db.query(text)).rows[0].found as string
  const busy = await found('select author_handle as found from posts group by 1 order by count(*) desc, 1 limit 1')
  const day = (back: string) =>
    found(`select to_char(max(discovered_at) - interval '${back}', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as found from posts`)
  return [
    ['stats', 'stats', {}, '<= 10'],
    ['stats of a tier since some time', 'stats', { tier: 'influencer', since: '2026-01-02T03:04:05Z' }, '<= 10'],
    ['stats of unreported posts', 'stats', { reported: 'false' }, '<= 10'],
    ['stats of a busy handle', 'stats', { handle: busy }, '<= 10'],
    ['activity of 30 days', 'activity', {}, '<= 10'],
    ['activity of 30 days in Berlin', 'activity', { zone: 'Europe/Berlin' }, '<= 10'],
    ['activity of 30 days in Kolkata', 'activity', { zone: 'Asia/Kolkata' }, '<= 10'],
    ['activity of 30 days, of a busy handle', 'activity', { handle: busy }, '<= 10'],
    ['activity of 30 days in one tier, in Kolkata', 'activity', { zone: 'Asia/Kolkata', tier: 'influencer' }, '<= 10'],
    ...['likes', 'reposts', 'replies', 'views', 'growth'].map(
      (by) => [`top of 7 days by ${by}`, 'top', { by }, '<= 20'] as [string, string, Given, string],
    ),
    ['top of 7 days by likes, in one tier', 'top', { by: 'likes', tier: 'influencer' }, '<= 20'],
    ['top of 7 days by likes, significant', 'top', { by: 'likes', significant: 'true' }, '<= 20'],
    ['top of 7 days by likes, reported', 'top', { by: 'likes', reported: 'true' }],
    ['top of 7 days by likes, one per author', 'top', { by: 'likes', per_author: 'true' }, '<= 20'],
    [
      'top of 7 days by growth, three weeks ago',
      'top',
      { by: 'growth', since: await day('28 days'), until: await day('21 days') },
      '<= 20',
    ],
    ['top of 7 days by likes, of a busy author', 'top', { by: 'likes', handle: busy }],
    ['top of 7 days by growth, of a busy author', 'top', { by: 'growth', handle: busy }],
    ['a busy author', 'author', { handle: busy }, '<= 10'],
    ['the digest of 7 days', 'digest_atom', {}],
  ]
}

/** The calls that count and rank, as statements, in turns with page 1. */
export async function benchCalls(db: pg.Client): Promise<Row[]> {
  const rows: Row[] = []
  for (const [name, call, given, reach] of await casesOf(db)) {
    await db.query("set role web_anon; set plan_cache_mode = 'force_custom_plan'; set jit = off")
    const statement = call === 'top' ? rowsStatement(call, given, 10) : valueStatement(call, given)
    const statements = { call: statement, first: feedStatement({}) }
    const times = { call: [] as number[], first: [] as number[] }
    for (let turn = 0; turn < TURNS; turn++)
      for (const key of ['call', 'first'] as const) times[key].push(await explainedTime(db, statements[key]))
    await db.query('reset role')
    const [took, first] = [median(times.call), median(times.first)]
    rows.push({
      what: `statement: ${name}, against page 1`,
      value: `${took.toFixed(2)} ms, page 1 ${first.toFixed(2)} ms`,
      ratio: took / first,
      reach,
    })
  }
  return rows
}
