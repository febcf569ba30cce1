type Query = (text: string, parameters: unknown[]) => Promise<unknown[]>
type Described = { path: string; comment: string | null; reads: boolean; parameters: string[] }

const ABOUT = "select obj_description(oid, 'pg_namespace') as comment from pg_namespace where nspname = $1"

const DESCRIBED = `
  select '/' || relname as path, obj_description(oid, 'pg_class') as comment, true as reads, '{}'::text[] as parameters
  from pg_class
  where relnamespace = $1::regnamespace and relkind in ('r', 'v', 'm', 'p')
    and has_table_privilege($2, oid, 'select')
  union all
  select '/rpc/' || proname, obj_description(oid, 'pg_proc'), provolatile <> 'v', coalesce(proargnames[:pronargs], '{}')
  from pg_proc
  where pronamespace = $1::regnamespace and has_function_privilege($2, oid, 'execute')
order by 1`

/** What the role may read and call, from the catalog. PostgREST's root also describes the rows. */
export async function openApi(query: Query, schema: string, role: string): Promise<object> {
  const [about] = (await query(ABOUT, [schema])) as { comment: string | null }[]
  const described = (await query(DESCRIBED, [schema, role])) as Described[]
  const paths = described.map((each) => [each.path, operations(each)])
  const info = { title: 'API', ...texts(about?.comment, 'title'), version: 'stand-in' }
  return { swagger: '2.0', info, basePath: '/', paths: Object.fromEntries(paths) }
}

function operations({ comment, reads, parameters, path }: Described): object {
  const query = parameters.map((name) => ({ name, in: 'query', type: 'string' }))
  const body = { name: 'args', in: 'body', schema: { type: 'object' } }
  const operation = { ...texts(comment, 'summary'), responses: { 200: { description: 'OK' } } }
  return {
    ...(reads && { get: { ...operation, parameters: query } }),
    ...(path.startsWith('/rpc/') && { post: { ...operation, parameters: [body] } }),
  }
}

/** The first line of a comment, and the lines after it. */
function texts(comment: string | null | undefined, first: 'title' | 'summary'): Record<string, string> {
  const [head, ...rest] = (comment ?? '').split('\n')
  const more = rest.join('\n').trim()
  return { ...(head && { [first]: head }), ...(more && { description: more }) }
}
