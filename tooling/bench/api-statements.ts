import type pg from 'pg'

/** The statements PostgREST 16 sends for GET /NAME?limit=50, GET /rpc/feed?...&limit=50 and other calls, as its log shows them. */

type Statement = { text: string; values: (string | number)[] }

export const PAGE = 50

const ANSWER = `select null::bigint as total_result_set, pg_catalog.count(_postgrest_t) as page_total,
  coalesce(json_agg(_postgrest_t), '[]') as body,
  nullif(current_setting('response.headers', true), '') as response_headers,
  nullif(current_setting('response.status', true), '') as response_status, '' as response_inserted`

export function viewStatement(view: string): Statement {
  const text = `with pgrst_source as (select "api"."${view}".* from "api"."${view}" limit $1 offset $2)
${ANSWER} from (select * from pgrst_source) _postgrest_t`
  return { text, values: [PAGE, 0] }
}

export function feedStatement(given: Record<string, string>): Statement {
  const names = Object.keys(given).map((name, index) => `"${name}" := $${index + 3}::text`)
  const text = `with pgrst_source as (select "pgrst_call".* from "api"."feed"(${names.join(', ')}) pgrst_call)
${ANSWER} from (select "feed".* from "pgrst_source" as "feed" limit $1 offset $2) _postgrest_t`
  return { text, values: [PAGE, 0, ...Object.values(given)] }
}

/** Of a call that answers one JSON value, or rows of which the first ones are wanted. */
export function callStatement(name: string, given: Record<string, string>, limit?: number): Statement {
  const names = Object.keys(given).map((name, index) => `"${name}" := $${index + 1}::text`)
  const call = `"api"."${name}"(${names.join(', ')})`
  const text = limit
    ? `with pgrst_source as (select "pgrst_call".* from ${call} pgrst_call)
${ANSWER} from (select "${name}".* from "pgrst_source" as "${name}" limit ${limit}) _postgrest_t`
    : `with pgrst_source as (select ${call} pgrst_scalar)
${ANSWER.replace('json_agg(_postgrest_t)', 'json_agg(_postgrest_t.pgrst_scalar)->0').replace("'[]'", "'null'")}
from (select "${name}".* from "pgrst_source" as "${name}") _postgrest_t`
  return { text, values: Object.values(given) }
}

/** Milliseconds of planning and execution. */
export async function explainedTime(db: pg.Client, { text, values }: Statement): Promise<number> {
  const { rows } = await db.query(`explain (analyze, timing off, format json) ${text}`, values)
  const [plan] = rows[0]['QUERY PLAN']
  return plan['Planning Time'] + plan['Execution Time']
}
