// What the paths /v1/... and /api/... mean to PostgREST: the contract of docs/openapi.v1.yaml, and PostgREST as it is.
// One text for nginx (njs, also Debian's 0.7.9), CloudFront Functions (runtime 2.0) and Node. So: little beyond ES5, no
// imports, and one export at the end, which the deployment to CloudFront leaves out: no modules there.

const FILTERS = {
  since: 'since',
  until: 'until',
  tier: 'tier',
  handle: 'handle',
  significant: 'significant',
  reported: 'reported',
  q: 'q',
}
const FEED = Object.assign({}, FILTERS, { cursor: 'cursor', limit: 'page_size' })
const TIER = { tier: 'tier' }
const DIGEST = { table_name: 'table_name', since: 'since', until: 'until', day: 'day' }

// The calls without a variable part: method, PostgREST's path, the parameters with PostgREST's names for them.
const CALLS = {
  '/v1/health': { method: 'GET', path: '/rpc/health', parameters: {} },
  '/v1/feed': { method: 'GET', path: '/rpc/feed_page', parameters: FEED },
  '/v1/watch-accounts': { method: 'GET', path: '/rpc/watch_accounts', parameters: TIER },
  '/v1/stats/summary': { method: 'GET', path: '/rpc/stats', parameters: {} },
  '/v1/ingest/posts/batch': { method: 'POST', path: '/rpc/ingest_posts', parameters: {} },
  '/v1/ingest/metrics/batch': { method: 'POST', path: '/rpc/ingest_metrics', parameters: {} },
  '/v1/ingest/reports/batch': { method: 'POST', path: '/rpc/ingest_reports', parameters: {} },
  '/v1/ingest/watch-accounts/batch': { method: 'POST', path: '/rpc/ingest_watch_accounts', parameters: {} },
  '/v1/ingest/embeddings/batch': { method: 'POST', path: '/rpc/ingest_embeddings', parameters: {} },
  '/v1/ingest/deletions/batch': { method: 'POST', path: '/rpc/ingest_deletions', parameters: {} },
  '/v1/ingest/tombstones': { method: 'GET', path: '/rpc/ingest_tombstones', parameters: {} },
  '/v1/ingest/runs': { method: 'POST', path: '/rpc/ingest_run', parameters: {} },
  '/v1/ingest/digest': { method: 'GET', path: '/rpc/ingest_digest', parameters: DIGEST },
}

// PostgREST takes the last of several arguments of one name. These may be lists: several become one list.
const LISTS = ['tier', 'handle']
const FEED_ARGUMENTS = Object.keys(FILTERS).concat('cursor', 'page_size')
const ARGUMENTS = {
  '/rpc/feed': FEED_ARGUMENTS,
  '/rpc/feed_page': FEED_ARGUMENTS,
  '/rpc/feed_atom': FEED_ARGUMENTS,
  '/rpc/watch_accounts': ['tier'],
}

/**
 * Takes the method, the path and the query exactly as the client sent them (the query without its question mark), and the
 * headers Authorization and X-API-Key; whether the feed is private. Gives {path, query, authorization} for PostgREST, or
 * {status, allow, error} to answer at once, or null for a path that is not the API's.
 */
function route(method, path, query, authorization, apiKey, isPrivate) {
  const sent = authorization || ''
  if (path === '/api') return { path: '/', query: query, authorization: sent }
  if (path.indexOf('/api/') === 0) return pass(path.slice(4), query, sent, isPrivate)
  if (path !== '/v1' && path.indexOf('/v1/') !== 0) return null

  const call = find(path)
  if (!call) return refuse(404, 'PGRST125', 'No such call in /v1.', 'docs/openapi.v1.yaml lists the calls.')
  if (method !== call.method && method !== 'OPTIONS' && !(method === 'HEAD' && call.method === 'GET')) {
    const allow = call.method === 'GET' ? 'GET, HEAD, OPTIONS' : 'POST, OPTIONS'
    return refuse(405, 'PGRST117', `This call does not accept ${method}.`, `Use ${call.method}.`, allow)
  }
  return translate(call, query, authorizationOf(call, sent, apiKey, isPrivate))
}

// Where everyone may read, what a client sends for another service is not looked at; it would cost it the cache.
function authorizationOf(call, sent, key, isPrivate) {
  const needsToken = call.path.indexOf('/rpc/ingest_') === 0 || (isPrivate && call.path !== '/rpc/health')
  if (!needsToken) return ''
  if (sent || !key) return sent
  return /^bearer /i.test(key) ? key : `Bearer ${key}`
}

// In PostgREST's query, & and ; begin another parameter and + is a space; in a path all three are plain characters,
// and in a query's value ; is. Everything else stays encoded, or not, as the client wrote it.
function find(path) {
  const plain = path.length > 4 ? path.replace(/\/$/, '') : path
  const id = /^\/v1\/posts\/([^/]+)$/.exec(plain)
  if (!id) return CALLS[plain]
  const status = id[1].replace(/[&;+]/g, encodeURIComponent)
  return { method: 'GET', path: '/rpc/post', parameters: {}, fixed: `status_id=${status}` }
}

function translate(call, query, authorization) {
  const names = Object.keys(call.parameters)
  const parts = []
  const given = query.split('&')
  for (let i = 0; i < given.length; i++) {
    if (given[i] === '') continue
    const part = split(given[i])
    if (names.indexOf(part.name) < 0) {
      const hint = names.length ? `It takes ${names.join(', ')}.` : 'It takes none.'
      return refuse(400, '22023', `Unknown parameter '${part.name}'.`, hint)
    }
    part.value = part.value.replace(/;/g, encodeURIComponent)
    // The function behind it would name its own argument.
    if (part.name === 'limit' && part.value && !/^([1-9][0-9]?|1[0-9][0-9]|200)$/.test(decode(part.value)))
      return refuseArgument(
        'limit',
        `limit cannot be '${decode(part.value).slice(0, 100)}'`,
        'Use an integer from 1 to 200.',
      )
    parts.push(part)
  }
  const joined = join(parts, names)
  if (joined.error) return joined
  for (let i = 0; i < joined.length; i++) joined[i] = `${call.parameters[joined[i].name]}=${joined[i].value}`
  return {
    path: call.path,
    query: (call.fixed ? [call.fixed] : []).concat(joined).join('&'),
    authorization: authorization,
  }
}

// A call of PostgREST as it is, but for arguments that were sent more than once, and for Atom's token.
function pass(path, query, authorization, isPrivate) {
  const names = ARGUMENTS[path] || []
  const sent = query.split('&').map(split)
  const parts = path === '/rpc/feed_atom' ? sent.filter((part) => part.name !== 'token') : sent
  const joined = join(parts, names)
  if (joined.error) return joined
  const token = isPrivate && !authorization ? tokenOf(sent, parts) : ''
  if (token.error) return token
  return {
    path: path,
    query: joined.length < sent.length ? joined.map(write).join('&') : query,
    authorization: token ? `Bearer ${token}` : authorization,
  }
}

// Feed readers send no headers, so the address of an Atom feed has the token in it. It becomes a header: only what a token
// is made of may pass.
function tokenOf(sent, parts) {
  if (parts.length === sent.length) return ''
  const token = sent.filter((part) => part.name === 'token')[0].value
  return /^[\w.-]+$/.test(token)
    ? token
    : refuseArgument('token', 'token is not a token', 'Use the address as it was given.')
}

// The parts, with several values of one of the names as one list; or the refusal of what cannot be a list.
function join(parts, names) {
  const joined = []
  const first = {}
  for (let i = 0; i < parts.length; i++) {
    const name = parts[i].name
    const earlier = names.indexOf(name) < 0 ? undefined : first[name]
    if (!earlier) {
      if (names.indexOf(name) >= 0) first[name] = parts[i]
      joined.push(parts[i])
    } else if (LISTS.indexOf(name) < 0) {
      return refuseArgument(name, `${name} is given more than once`, 'Send it once.')
    } else if (parts[i].value) {
      earlier.value = earlier.value ? `${earlier.value},${parts[i].value}` : parts[i].value
    }
  }
  return joined
}

function split(text) {
  const equals = text.indexOf('=')
  return {
    name: decode(equals < 0 ? text : text.slice(0, equals)),
    value: equals < 0 ? '' : text.slice(equals + 1),
    text: text,
  }
}

function write(part) {
  return LISTS.indexOf(part.name) < 0 ? part.text : `${part.name}=${part.value}`
}

// Broken percent-encoding stays as it is: then it is not a name.
function decode(text) {
  try {
    return decodeURIComponent(text.replace(/\+/g, ' '))
  } catch (_) {
    return text
  }
}

// As the functions behind the calls refuse an argument.
function refuseArgument(name, message, hint) {
  const refused = refuse(400, 'PT400', message, hint)
  refused.error.details = `Argument: ${name}`
  return refused
}

// In the shape of PostgREST's errors, with the codes that mean the same there.
function refuse(status, code, message, hint, allow) {
  return { status: status, allow: allow || null, error: { code: code, message: message, details: null, hint: hint } }
}

export default { route }
