// v1.js for CloudFront Functions, on viewer requests to /v1/* and /api/*. It is deployed behind the text of limits.js and
// v1.js, and a line that says whether the feed is private: const PRIVATE = 'false'.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-event-structure.html

// biome-ignore lint/correctness/noUnusedVariables: CloudFront calls it by this name.
function handler(event) {
  const request = event.request
  const headers = request.headers
  const authorization = headers.authorization ? headers.authorization.value : ''
  const apiKey = headers['x-api-key'] ? headers['x-api-key'].value : ''
  const isPrivate = PRIVATE === 'true'
  // The query as it was sent: in request.querystring the order of different names is lost.
  const routed = route(request.method, request.uri, request.rawQueryString() || '', authorization, apiKey, isPrivate)
  if (!routed) return request
  if (routed.error) {
    const refused = {
      'content-type': { value: 'application/json; charset=utf-8' },
      'cache-control': { value: 'no-store' },
    }
    if (routed.allow) refused.allow = { value: routed.allow }
    if (routed.status === 401) refused['www-authenticate'] = { value: 'Bearer' }
    return {
      statusCode: routed.status,
      headers: refused,
      body: { encoding: 'text', data: JSON.stringify(routed.error) },
    }
  }
  request.uri = routed.path
  request.querystring = routed.query
  if (routed.authorization) headers.authorization = { value: routed.authorization }
  else delete headers.authorization
  // Nothing is counted here: public.pre_request does that. A header that was sent twice has its values in multiValue.
  delete headers['x-xmonitor-slow']
  if (routed.slow || limits.isSlowBy(JSON.stringify(headers.prefer), headers.range))
    headers['x-xmonitor-slow'] = { value: '1' }
  return request
}
