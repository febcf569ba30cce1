// v1.js for nginx: answers what needs no database, hands on the rest to PostgREST under its own path (see nginx.conf).
import limits from 'limits.js'
import v1 from 'v1.js'

// PostgREST's own setting says whether the feed is private; nginx.conf lets it through.
const IS_PRIVATE = process.env.PGRST_DB_ANON_ROLE === 'web_closed'

function serve(r) {
  const uri = r.variables.request_uri
  const mark = uri.indexOf('?')
  const path = mark < 0 ? uri : uri.slice(0, mark)
  const query = mark < 0 ? '' : uri.slice(mark + 1)

  // nginx chose this location by the path it had cleaned (/x/../v1/feed); what counts is the path as it was sent.
  const routed =
    v1.route(r.method, path, query, r.headersIn.Authorization, r.headersIn['X-API-Key'], IS_PRIVATE) ||
    v1.route(r.method, '/v1', '')
  if (routed.error) {
    if (routed.allow) r.headersOut.Allow = routed.allow
    if (routed.status === 401) r.headersOut['WWW-Authenticate'] = 'Bearer'
    r.headersOut['Content-Type'] = 'application/json; charset=utf-8'
    r.return(routed.status, JSON.stringify(routed.error))
    return
  }
  r.variables.edge_target = routed.query ? `${routed.path}?${routed.query}` : routed.path
  r.variables.edge_authorization = routed.authorization
  const isSlow = routed.slow || limits.isSlowBy(r.headersIn.Prefer, r.headersIn.Range)
  r.variables.edge_slow = isSlow ? r.variables.binary_remote_addr : ''
  r.internalRedirect('@api')
}

export default { serve }
