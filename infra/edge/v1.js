// What the paths /v1/... and /api/... mean to PostgREST: the contract of docs/openapi.v1.yaml, and PostgREST as it is.
// One text for nginx (njs, also Debian's 0.7.9), CloudFront Functions (runtime 2.0) and Node. So: little beyond ES5, one
// import, and one export at the end; the deployment to CloudFront, which has no modules, joins the files instead.
import limits from './limits.js'

const same = (names) => names.reduce((all, name) => Object.assign(all, { [name]: name }), {})
const get = (path, parameters) => ({ method: 'GET', path: path, parameters: parameters || namesOf(path) })
const post = (path) => ({ method: 'POST', path: path, parameters: {} })
const namesOf = (path) => same(limits.argumentsOf(path))

// The calls without a variable part: PostgREST's path, and the parameters with PostgREST's names for them.
const CALLS = {
  '/v1/health': get('/rpc/health'),
  '/v1/feed': get('/rpc/feed_page', Object.assign(namesOf('/rpc/feed'), { limit: 'page_size' })),
  '/v1/watch-accounts': get('/rpc/watch_accounts'),
  '/v1/stats/summary': get('/rpc/stats', {}),
  '/v1/ingest/posts/batch': post('/rpc/ingest_posts'),
  '/v1/ingest/metrics/batch': post('/rpc/ingest_metrics'),
  '/v1/ingest/reports/batch': post('/rpc/ingest_reports'),
  '/v1/ingest/watch-accounts/batch': post('/rpc/ingest_watch_accounts'),
  '/v1/ingest/embeddings/batch': post('/rpc/ingest_embeddings'),
  '/v1/ingest/deletions/batch': post('/rpc/ingest_deletions'),
  '/v1/ingest/tombstones': get('/rpc/ingest_tombstones'),
  '/v1/ingest/runs': post('/rpc/ingest_run'),
  '/v1/ingest/digest': get('/rpc/ingest_digest'),
}

// PostgREST takes the last of several arguments of one name. These may be lists: several become one list.
const LISTS = ['tier', 'handle']

/**
 * Takes the method, the path and the query exactly as the client sent them (the query without its question mark), and the
 * headers Authorization and X-API-Key; whether the feed is private. Gives {path, query, authorization, slow} for PostgREST, or
 * {status, allow, error} to answer at once, or null for a path that is not the API's.
 */
function route(method, path, query, authorization, apiKey, isPrivate) {
  const sent = authorization || ''
  const isApi = path === '/api' || path.indexOf('/api/') === 0
  if (!isApi && path !== '/v1' && path.indexOf('/v1/') !== 0) return null
  if (!isReadable(`${path}?${query}`))
    return limits.refusal(400, '22023', 'The address is not percent-encoded UTF-8.', 'Write a % as %25.')
  if (isApi) return pass(method, path.slice(4) || '/', query, sent, isPrivate)

  const call = find(path)
  if (!call) return limits.refusal(404, 'PGRST125', 'No such call in /v1.', 'docs/openapi.v1.yaml lists the calls.')
  if (method !== call.method && method !== 'OPTIONS' && !(method === 'HEAD' && call.method === 'GET')) {
    const allow = call.method === 'GET' ? 'GET, HEAD, OPTIONS' : 'POST, OPTIONS'
    return limits.refusal(405, 'PGRST117', `This call does not accept ${method}.`, `Use ${call.method}.`, allow)
  }
  const token = authorizationOf(call, sent, apiKey, isPrivate)
  return limits.refusalOf(method, call.path, [], token) || translate(call, query, token)
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
  return Object.assign(get('/rpc/post', {}), { fixed: `status_id=${status}` })
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
      return limits.refusal(400, '22023', `Unknown parameter '${part.name}'.`, hint)
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
  const renamed = joined.map((part) => `${call.parameters[part.name]}=${part.value}`)
  return {
    path: call.path,
    query: (call.fixed ? [call.fixed] : []).concat(renamed).join('&'),
    authorization: authorization,
    slow: limits.isSlow(call.path, joined.map(decoded)),
  }
}

// A call of PostgREST as it is, within its limits, but for arguments that were sent more than once, and for Atom's token.
function pass(method, path, query, authorization, isPrivate) {
  const sent = query.split(/[&;]/).filter(Boolean).map(split)
  const all = sent.map(decoded)
  const refused = limits.refusalOf(method, path, all, authorization)
  if (refused) return refused
  const parts = sent.filter((part) => part.name !== 'token')
  const joined = join(parts, limits.argumentsOf(path))
  if (joined.error) return joined
  const token = isPrivate && !authorization ? tokenOf(sent, parts) : ''
  if (token.error) return token
  return {
    path: path,
    query: joined.length < sent.length ? joined.map(write).join('&') : query,
    authorization: token ? `Bearer ${token}` : authorization,
    slow: limits.isSlow(path, all),
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

function decoded(part) {
  return { name: part.name, value: decode(part.value) }
}

function write(part) {
  return LISTS.indexOf(part.name) < 0 ? part.text : `${part.name}=${part.value}`
}

function decode(text) {
  return decodeURIComponent(text.replace(/\+/g, ' '))
}

// PostgREST fails at bytes that are not UTF-8, and reads a broken encoding in its own way.
function isReadable(text) {
  try {
    decodeURIComponent(text)
    return true
  } catch (_) {
    return false
  }
}

// As the functions behind the calls refuse an argument.
function refuseArgument(name, message, hint) {
  const refused = limits.refusal(400, 'PT400', message, hint)
  refused.error.details = `Argument: ${name}`
  return refused
}

export default { route }
