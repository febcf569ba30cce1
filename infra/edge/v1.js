// What the paths /v1/... and /api/... mean to PostgREST: the contract of docs/openapi.v1.yaml, and PostgREST as it is.
// One text for nginx (njs, also Debian's 0.7.9), CloudFront Functions (runtime 2.0) and Node. So: little beyond ES5, no
// imports, and one export at the end, which the deployment to CloudFront leaves out: no modules there.

const FEED = {
  since: 'since',
  until: 'until',
  tier: 'tier',
  handle: 'handle',
  significant: 'significant',
  q: 'q',
  cursor: 'cursor',
  limit: 'page_size',
}
const DIGEST = { table_name: 'table_name', since: 'since', until: 'until', day: 'day' }
const TIERS = ['teammate', 'influencer', 'ecosystem', 'other']

// The calls without a variable part: how, PostgREST's path, the parameters with PostgREST's names for them.
const CALLS = {
  '/v1/health': { method: 'GET', path: '/rpc/health', parameters: {} },
  '/v1/feed': { method: 'GET', path: '/rpc/feed_page', parameters: FEED },
  '/v1/watch-accounts': {
    method: 'GET',
    path: '/watch_accounts',
    parameters: { tier: 'tier' },
    fixed: 'order=tier.asc,handle.asc',
    value: tierFilter,
  },
  '/v1/stats/summary': { method: 'GET', path: '/rpc/stats', parameters: {} },
  '/v1/ingest/posts/batch': { method: 'POST', path: '/rpc/ingest_posts', parameters: {} },
  '/v1/ingest/metrics/batch': { method: 'POST', path: '/rpc/ingest_metrics', parameters: {} },
  '/v1/ingest/reports/batch': { method: 'POST', path: '/rpc/ingest_reports', parameters: {} },
  '/v1/ingest/watch-accounts/batch': { method: 'POST', path: '/rpc/ingest_watch_accounts', parameters: {} },
  '/v1/ingest/digest': { method: 'GET', path: '/rpc/ingest_digest', parameters: DIGEST },
  '/v1/ingest/runs': { method: 'POST', path: '/rpc/ingest_run', parameters: {} },
}

/**
 * Takes the method, the path and the query exactly as the client sent them (the query without its question mark).
 * Gives {path, query} for PostgREST, or {status, allow, error} to answer at once, or null for a path that is not the API's.
 */
function route(method, path, query) {
  if (path === '/api') return { path: '/', query: query }
  if (path.indexOf('/api/') === 0) return { path: path.slice(4), query: query }
  if (path !== '/v1' && path.indexOf('/v1/') !== 0) return null

  const call = find(path)
  if (!call) return refuse(404, 'PGRST125', 'No such call in /v1.', 'docs/openapi.v1.yaml lists the calls.')
  if (method !== call.method && !(method === 'HEAD' && call.method === 'GET')) {
    const allow = call.method === 'GET' ? 'GET, HEAD' : 'POST'
    return refuse(405, 'PGRST117', `This call does not take ${method}.`, `Use ${allow}.`, allow)
  }
  return translate(call, query)
}

// In PostgREST's query, & and ; begin another parameter and + is a space; in a path all three are plain characters,
// and in a query's value ; is. Everything else stays encoded, or not, as the client wrote it.
function find(path) {
  const id = /^\/v1\/posts\/([^/]+)$/.exec(path)
  if (!id) return CALLS[path]
  const status = id[1].replace(/[&;+]/g, encodeURIComponent)
  return { method: 'GET', path: '/rpc/post', parameters: {}, fixed: `status_id=${status}` }
}

function translate(call, query) {
  const names = Object.keys(call.parameters)
  const parts = call.fixed ? [call.fixed] : []
  const given = query.split('&')
  for (let i = 0; i < given.length; i++) {
    if (given[i] === '') continue
    const equals = given[i].indexOf('=')
    const name = decode(equals < 0 ? given[i] : given[i].slice(0, equals))
    if (names.indexOf(name) < 0) {
      const hint = names.length ? `It takes ${names.join(', ')}.` : 'It takes none.'
      return refuse(400, '22023', `Unknown parameter '${name}'.`, hint)
    }
    let value = equals < 0 ? '' : given[i].slice(equals + 1).replace(/;/g, encodeURIComponent)
    if (call.value) value = call.value(value)
    if (value === null)
      return refuse(400, '22023', `'${name}' is wrong.`, `It is one of ${TIERS.join(', ')}, or several with commas.`)
    if (value !== undefined) parts.push(`${call.parameters[name]}=${value}`)
  }
  return { path: call.path, query: parts.join('&') }
}

// watch_accounts is a view and takes a filter where the feed takes an argument; what it understands is the same.
function tierFilter(value) {
  if (value === '') return undefined
  const tiers = decode(value).toLowerCase().split(',')
  for (let i = 0; i < tiers.length; i++) {
    tiers[i] = tiers[i].trim().replace(/^@/, '')
    if (TIERS.indexOf(tiers[i]) < 0) return null
  }
  return `in.(${tiers.join(',')})`
}

// Broken percent-encoding stays as it is: then it is no name and no tier.
function decode(text) {
  try {
    return decodeURIComponent(text.replace(/\+/g, ' '))
  } catch (_) {
    return text
  }
}

// In the shape of PostgREST's errors, with the codes that mean the same there.
function refuse(status, code, message, hint, allow) {
  return { status: status, allow: allow || null, error: { code: code, message: message, details: null, hint: hint } }
}

export default { route }
