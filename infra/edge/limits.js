// What may be asked of PostgREST as it is, under /api. Its parser and its hints take time that no time limit of the database
// ends, and a few filters make a short request expensive. So what no client needs is refused here.
// As in v1.js: little beyond ES5, for nginx, CloudFront and Node.

// nginx evaluates the modules anew for each request. Splitting by a regular expression here took five times as long as
// everything else.
const list = (lines) => lines.join(' ').split(' ')
// All arguments of the calls, but for those that may take long, as filters and orders may.
const ARGUMENTS = list([
  'bucket by cursor day handle limit page_size select significant since status_id table_name threshold tier token',
  'until zone',
])
const SLOW_ARGUMENTS = ['per_author', 'q', 'reported']
// What else a query may name: PostgREST's own parameters, columns and views. A test compares both lists with the database.
const OTHER_NAMES = list([
  'and offset or order',
  'added_at author_display author_handle body_text channel created_at destination discovered_at feed',
  'fetched_count health initial_likes initial_replies initial_reposts initial_views is_significant last_seen_at',
  'likes likes_24h metrics_at mode note ok pipeline_runs post_metrics_snapshots posted_relative posts',
  'refresh_24h_at refresh_24h_delta_likes refresh_24h_delta_replies refresh_24h_delta_reposts',
  'refresh_24h_delta_views refresh_24h_status replies replies_24h reported_at reported_count reports reposts',
  'reposts_24h run_at service significance_reason significance_version significant_count similar_to similarity',
  'snapshot_at snapshot_type source source_query summary updated_at url value version views views_24h',
  'watch_accounts watch_tier',
])
// Calls that compare vectors, and one that reads up to 31 days one by one.
const SLOW_CALLS = ['/rpc/digest_atom', '/rpc/duplicates', '/rpc/nearest', '/rpc/similar']
const MAX_PARAMETERS = 30
const MAX_COLUMNS = 60
// ...alias:name!hint->>key::type
const SELECTED = /^(\.\.\.)?(("[^"\\]*"|[^":\\\s]+):)?([a-z0-9_]+|\*)(![a-z0-9_]+)*(->>?[a-z0-9_]+)*(::[a-z0-9_]+)?$/

/** Gives the refusal of a request, or null. `parts` are the parameters as {name, value}, decoded. */
function refusalOf(method, path, parts, authorization) {
  if (!/^\/(rpc\/)?[a-z_]{0,63}$/.test(path)) return refusal(404, 'PGRST125', 'No such call.', 'GET /api/ lists them.')
  return methodProblem(method, path, authorization) || queryProblem(path, parts)
}

// Bodies cost most, so only those go on that some call reads: a collector's, and a vector.
function methodProblem(method, path, authorization) {
  const isIngest = path.indexOf('/rpc/ingest_') === 0
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return null
  if (method !== 'POST' || (!isIngest && path !== '/rpc/nearest'))
    return refusal(405, 'PGRST117', `This call does not accept ${method}.`, 'Use GET.', 'GET, HEAD, OPTIONS')
  if (isIngest && !authorization)
    return refusal(401, '42501', `permission denied for function ${path.slice(5)}`, 'Send a token.')
  return null
}

function queryProblem(path, parts) {
  if (parts.length > MAX_PARAMETERS)
    return refusal(400, '22023', `The query has more than ${MAX_PARAMETERS} parameters.`, 'Leave some of them out.')
  for (let i = 0; i < parts.length; i++) {
    const name = parts[i].name
    if (!isKnown(name))
      return refusal(400, '22023', `Unknown parameter '${name.slice(0, 100)}'.`, 'GET /api/ lists the parameters.')
    if (/(^|\.)select$/.test(name)) {
      const problem = selectProblem(path.slice(1), parts[i].value)
      if (problem) return refusal(400, '22023', `select ${problem}.`, 'Name each column and each view once.')
    }
    if (!isArgument(name) && /(^|[.,(])i?match[.(]/.test(parts[i].value))
      return refusal(400, '22023', 'Regular expressions are not accepted.', 'Use like, ilike, or q of /rpc/feed.')
  }
  return null
}

// reports.order is the order of embedded reports; before the dot may be an alias too.
function isKnown(name) {
  if (!/^([a-z0-9_]{1,40}\.){0,4}[a-z0-9_]+$/.test(name)) return false
  const last = name.replace(/^.*\./, '')
  return isArgument(last) || OTHER_NAMES.indexOf(last) >= 0
}

function isArgument(name) {
  return ARGUMENTS.indexOf(name) >= 0 || SLOW_ARGUMENTS.indexOf(name) >= 0
}

// PostgREST sends a column as often as it is named, under other names: a thousand rows, a hundred times each. Views that embed
// each other multiply their rows. So each is named once, in a form that PostgREST cannot read in another way.
function selectProblem(view, select) {
  const tokens = select.split(/([(),])/)
  const seen = { [`${view}()`]: true }
  const within = [view]
  let columns = 0
  let last = ''
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i].trim()
    if (token === '(') {
      if (seen[`${last}()`]) return `embeds ${last.slice(0, 100)} again`
      seen[`${last}()`] = true
      within.push(last)
    } else if (token === ')') within.pop()
    else if (token !== '' && token !== ',') {
      const read = SELECTED.exec(token)
      if (!read) return `cannot have '${token.slice(0, 100)}'`
      last = read[4]
      const key = `${within[within.length - 1]}.${last}`
      if (seen[key]) return `names ${last.slice(0, 100)} more than once`
      seen[key] = true
      columns++
    }
  }
  return columns > MAX_COLUMNS ? `names more than ${MAX_COLUMNS} columns` : ''
}

/** Whether a request may take long, so that only a few at once are let through. */
function isSlow(path, parts) {
  if (path === '/' || path === '/health') return false
  if (path.indexOf('/rpc/') !== 0 || SLOW_CALLS.indexOf(path) >= 0) return true
  return parts.some((part) => part.value !== '' && isFilter(path, part.name))
}

// A status_id is an argument of one call, and a filter elsewhere.
function isFilter(path, name) {
  return ARGUMENTS.indexOf(name) < 0 || (name === 'status_id' && path !== '/rpc/post')
}

/** Whether the headers Prefer and Range make any request slow: all rows that match are counted, or the first ones skipped. */
function isSlowBy(prefer, range) {
  return /\bcount\b/.test(prefer || '') || Boolean(range)
}

// In the shape of PostgREST's errors, with the codes that mean the same there.
function refusal(status, code, message, hint, allow) {
  return { status: status, allow: allow || null, error: { code: code, message: message, details: null, hint: hint } }
}

export default { refusal, refusalOf, isSlow, isSlowBy, ARGUMENTS, SLOW_ARGUMENTS, OTHER_NAMES }
