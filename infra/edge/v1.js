// What the paths /v1/... and /api/... mean to PostgREST: the contract of docs/openapi.v1.yaml, and PostgREST as it is.
// One text for nginx (njs, also Debian's 0.7.9), CloudFront Functions (runtime 2.0) and Node. So: ES5 and a little more, no
// imports, no loops over iterators, one export at the end (left out for CloudFront, which knows no modules).

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
    return refuse(405, 'PGRST117', 'This call does not take ' + method + '.', 'Use ' + allow + '.', allow)
  }
  return translate(call, query)
}

// In PostgREST's query, & and ; begin another parameter and + is a space; in a path all three are plain characters,
// and in a query's value ; is. Everything else stays encoded, or not, as the client wrote it.
function find(path) {
  if (Object.hasOwn(CALLS, path)) return CALLS[path]
  const id = /^\/v1\/posts\/([^/]+)$/.exec(path)
  if (!id) return undefined
  return {
    method: 'GET',
    path: '/rpc/post',
    parameters: {},
    fixed: 'status_id=' + id[1].replace(/[&;+]/g, encodeURIComponent),
  }
}

function translate(call, query) {
  const parts = call.fixed ? [call.fixed] : []
  const given = query === '' ? [] : query.split('&')
  for (let i = 0; i < given.length; i++) {
    if (given[i] === '') continue
    const equals = given[i].indexOf('=')
    const name = decode(equals < 0 ? given[i] : given[i].slice(0, equals))
    if (name === null || !Object.hasOwn(call.parameters, name)) return unknown(call, name)
    let value = equals < 0 ? '' : given[i].slice(equals + 1).replace(/;/g, encodeURIComponent)
    if (call.value) {
      value = call.value(value)
      if (value === null)
        return refuse(
          400,
          '22023',
          name + ' is none of ' + TIERS.join(', ') + '.',
          'Give one, or several with commas between.',
        )
    }
    parts.push(call.parameters[name] + '=' + value)
  }
  return { path: call.path, query: parts.join('&') }
}

// A view's filter, where the feed has an argument: the same words give the same tiers.
function tierFilter(value) {
  const text = decode(value)
  if (text === null) return null
  const tiers = text.toLowerCase().split(',')
  for (let i = 0; i < tiers.length; i++) {
    tiers[i] = tiers[i].trim()
    if (TIERS.indexOf(tiers[i]) < 0) return null
  }
  return 'in.(' + tiers.join(',') + ')'
}

function decode(text) {
  try {
    return decodeURIComponent(text.replace(/\+/g, ' '))
  } catch (_) {
    return null
  }
}

function unknown(call, name) {
  const names = Object.keys(call.parameters)
  const hint = names.length ? 'It takes ' + names.join(', ') + '.' : 'It takes none.'
  return refuse(400, '22023', 'Unknown parameter' + (name === null ? '' : ' ' + name) + '.', hint)
}

// In the shape of PostgREST's errors, with the codes of its own that mean the same.
function refuse(status, code, message, hint, allow) {
  return { status: status, allow: allow || null, error: { code: code, message: message, details: null, hint: hint } }
}

export default { route }
