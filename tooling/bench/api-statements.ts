import type pg from 'pg'

/** The statements that PostgREST 16 sends for GET /NAME?limit=50, GET /rpc/feed?...&limit=50 and other calls, as its log shows them. */

type Statement = { text: string; values: (string | number)[] }
type Arguments = Record<string, string>

export const PAGE = 50
/** What PostgREST sends as the limit of a request without one. */
const MAX_ROWS = 1000

export function viewStatement(view: string): Statement {
  const text = `with pgrst_source as (select "api"."${view}".* from "api"."${view}" limit $1 offset $2)
${answer('pg_catalog.count(_postgrest_t)', "coalesce(json_agg(_postgrest_t), '[]')")} from (select * from pgrst_source) _postgrest_t`
  return { text, values: [PAGE, 0] }
}

export function feedStatement(given: Arguments): Statement {
  return rowsStatement('feed', given, PAGE)
}

/** Of a call that answers rows. */
export function rowsStatement(name: string, given: Arguments, limit: number): Statement {
  const text = `with pgrst_source as (select "pgrst_call".* from ${call(name, given)} pgrst_call)
${answer('pg_catalog.count(_postgrest_t)', "coalesce(json_agg(_postgrest_t), '[]')")} from (select "${name}".* from "pgrst_source" as "${name}" limit $1 offset $2) _postgrest_t`
  return { text, values: [limit, 0, ...Object.values(given)] }
}

/** Of a call that answers one JSON value, which the limit keeps Postgres from computing more than once. */
export function valueStatement(name: string, given: Arguments): Statement {
  const text = `with pgrst_source as (select pgrst_call.pgrst_scalar from (select ${call(name, given)} pgrst_scalar) pgrst_call)
${answer('1', "coalesce(json_agg(_postgrest_t.pgrst_scalar)->0, 'null')")} from (select "${name}".* from "pgrst_source" as "${name}" limit $1 offset $2) _postgrest_t`
  return { text, values: [MAX_ROWS, 0, ...Object.values(given)] }
}

/** Milliseconds of planning and execution. */
export async function explainedTime(db: pg.Client, { text, values }: Statement): Promise<number> {
  const { rows } = await db.query(`explain (analyze, timing off, format json) ${text}`, values)
  const [plan] = rows[0]['QUERY PLAN']
  return plan['Planning Time'] + plan['Execution Time']
}

function call(name: string, given: Arguments): string {
  // After the limit and the offset.
  const names = Object.keys(given).map((argument, index) => `"${argument}" := $${index + 3}::text`)
  return `"api"."${name}"(${names.join(', ')})`
}

function answer(total: string, body: string): string {
  return `select null::bigint as total_result_set, ${total} as page_total, ${body} as body,
  nullif(current_setting('response.headers', true), '') as response_headers,
  nullif(current_setting('response.status', true), '') as response_status, '' as response_inserted`
}
