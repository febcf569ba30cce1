// What may be asked of PostgREST as it is, under /api. Its parser and its hints take time that no time limit of the database
// ends, and a few filters make a short request expensive. So what no client needs is refused here.
// As in v1.js: little beyond ES5, for nginx, CloudFront and Node.

// nginx evaluates the modules anew for each request. Splitting by a regular expression here took five times as long as
// everything else.
const list = (lines) => lines.join(' ').split(' ')
const FILTERS = 'since until tier handle significant reported q'
// The arguments of the calls that take any in a query. (token is read by v1.js.) A test compares them, and OTHER_NAMES, with
// the database.
const ARGUMENTS = {
  '/rpc/activity': `${FILTERS} bucket zone`,
  '/rpc/author': 'handle',
  '/rpc/digest_atom': `${FILTERS} zone page_size token`,
  '/rpc/duplicates': `${FILTERS} threshold`,
  '/rpc/feed': `${FILTERS} cursor`,
  '/rpc/feed_atom': `${FILTERS} page_size token`,
  '/rpc/feed_page': `${FILTERS} cursor page_size`,
  '/rpc/ingest_digest': 'table_name since until day',
  '/rpc/post': 'status_id',
  '/rpc/similar': `status_id ${FILTERS}`,
  '/rpc/stats': FILTERS,
  '/rpc/top': `by per_author ${FILTERS}`,
  '/rpc/watch_accounts': 'tier',
}
// Those with which a call may take long: few matches may be anywhere, and a post of each author is looked for.
const SLOW_ARGUMENTS = list(['per_author q reported'])
const OWN_PARAMETERS = list(['and limit offset or order select'])
// What else a query may name: columns and views.
const OTHER_NAMES = list([
  'added_at author_display author_handle body_text channel created_at cursor destination discovered_at feed',
  'fetched_count handle health initial_likes initial_replies initial_reposts initial_views is_significant last_seen_at likes',
  'likes_24h metrics_at mode note ok pipeline_runs post_metrics_snapshots posted_relative posts refresh_24h_at',
  'refresh_24h_delta_likes refresh_24h_delta_replies refresh_24h_delta_reposts refresh_24h_delta_views',
  'refresh_24h_status replies replies_24h reported_at reported_count reports reposts reposts_24h run_at service',
  'significance_reason significance_version significant_count similar_to similarity snapshot_at snapshot_type source',
  'source_query status_id summary tier updated_at url value version views views_24h watch_accounts watch_tier',
])
// Calls that compare vectors, and one that reads up to 31 days one by one.
const SLOW_CALLS = ['/rpc/digest_atom', '/rpc/duplicates', '/rpc/nearest', '/rpc/similar']
const MAX_PARAMETERS = 30
const MAX_COLUMNS = 60
const MAX_PATTERNS = 5
// As PostgREST tells a filter of a call from an argument.
const FILTER = /^(not|eq|neq|[gl]te?|i?like|i[ns]|(pl|ph|w)?fts(\([a-z_]+\))?)\./
// What reads all texts, in a way that takes long for each; and a list of patterns, which could be any number.
const REFUSED_OPERATOR = /(?:^|[.,(])(i?match|(?:pl|ph|w)?fts|i?like(?=\())[.(]/
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
  const names = argumentsOf(path)
  let patterns = 0
  for (let i = 0; i < parts.length; i++) {
    const name = parts[i].name
    const value = parts[i].value
    if (names.indexOf(name) >= 0) continue
    if (!isKnown(path, name, value))
      return refusal(400, '22023', `Unknown parameter '${name.slice(0, 100)}'.`, hintFor(name, names))
    if (/(^|\.)select$/.test(name)) {
      const problem = selectProblem(path.slice(1), value)
      if (problem) return refusal(400, '22023', `select ${problem}.`, 'Name each column and each view once.')
    }
    const operator = REFUSED_OPERATOR.exec(value)
    if (operator)
      return refusal(
        400,
        '22023',
        `The operator ${operator[1]} is not accepted.`,
        'Use like, ilike, or q of /rpc/feed.',
      )
    patterns += (value.match(/(^|[.,(])i?like\./g) || []).length
  }
  return patterns > MAX_PATTERNS
    ? refusal(400, '22023', `The query has more than ${MAX_PATTERNS} patterns.`, 'Use fewer, or q of /rpc/feed.')
    : null
}

// reports.order is the order of embedded reports; before the dot may be an alias too.
function isKnown(path, name, value) {
  if (!/^([a-z0-9_]{1,40}\.){0,4}[a-z0-9_]+$/.test(name)) return false
  const last = name.replace(/^.*\./, '')
  if (OWN_PARAMETERS.indexOf(last) >= 0) return true
  // What has no operator is an argument to PostgREST, and no call has this one.
  return OTHER_NAMES.indexOf(last) >= 0 && (path.indexOf('/rpc/') !== 0 || FILTER.test(value))
}

function hintFor(name, names) {
  if (OTHER_NAMES.indexOf(name) >= 0) return `A filter needs an operator: ${name}=eq.1.`
  return names.length ? `The call takes ${names.join(', ')}.` : 'GET /api/ lists the parameters.'
}

/** The names of a call's arguments; none of a view. */
function argumentsOf(path) {
  return ARGUMENTS[path] ? ARGUMENTS[path].split(' ') : []
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
  if (path === '/health') return false
  if (path.indexOf('/rpc/') !== 0 || SLOW_CALLS.indexOf(path) >= 0) return true
  const fast = argumentsOf(path)
    .filter((name) => SLOW_ARGUMENTS.indexOf(name) < 0)
    .concat('limit', 'select')
  return parts.some((part) => part.value !== '' && fast.indexOf(part.name) < 0)
}

/** Whether the headers Prefer and Range make any request slow: all rows that match are counted, or the first ones skipped. */
function isSlowBy(prefer, range) {
  return /\bcount\b/.test(prefer || '') || Boolean(range)
}

// In the shape of PostgREST's errors, with the codes that mean the same there.
function refusal(status, code, message, hint, allow) {
  return { status: status, allow: allow || null, error: { code: code, message: message, details: null, hint: hint } }
}

export default { refusal, refusalOf, argumentsOf, isSlow, isSlowBy, ARGUMENTS, OTHER_NAMES }
