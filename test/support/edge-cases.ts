/** A request target and its outcome: the target for PostgREST, or a status and the error's message. */
export type Case = [method: string, target: string, outcome: string | [status: number, message: string, allow?: string]]

const UNKNOWN: Case[2] = [404, 'No such call in /v1.']
const UNREADABLE: Case[2] = [400, 'The address is not percent-encoded UTF-8.']

/** The v1 contract and attacks on it, for every runtime of infra/edge/v1.js. */
export const CASES: Case[] = [
  // Every call in the contract.
  ['GET', '/v1/health', '/rpc/health'],
  ['HEAD', '/v1/health', '/rpc/health'],
  ['GET', '/v1/feed', '/rpc/feed_page'],
  ['GET', '/v1/feed?limit=20', '/rpc/feed_page?page_size=20'],
  ['GET', '/v1/posts/1790000000000000001', '/rpc/post?status_id=1790000000000000001'],
  ['GET', '/v1/watch-accounts', '/rpc/watch_accounts'],
  ['GET', '/v1/watch-accounts?tier=@Influencer', '/rpc/watch_accounts?tier=@Influencer'],
  ['GET', '/v1/watch-accounts?tier=teammate%2C%20other', '/rpc/watch_accounts?tier=teammate%2C%20other'],
  ['GET', '/v1/watch-accounts?tier=', '/rpc/watch_accounts?tier='],
  ['GET', '/v1/stats/summary', '/rpc/stats'],
  ['POST', '/v1/ingest/posts/batch', '/rpc/ingest_posts'],
  ['POST', '/v1/ingest/metrics/batch', '/rpc/ingest_metrics'],
  ['POST', '/v1/ingest/reports/batch', '/rpc/ingest_reports'],
  ['POST', '/v1/ingest/watch-accounts/batch', '/rpc/ingest_watch_accounts'],
  ['POST', '/v1/ingest/embeddings/batch', '/rpc/ingest_embeddings'],
  ['POST', '/v1/ingest/deletions/batch', '/rpc/ingest_deletions'],
  ['GET', '/v1/ingest/tombstones', '/rpc/ingest_tombstones'],
  ['POST', '/v1/ingest/runs', '/rpc/ingest_run'],
  ['POST', '/v1/ingest/runs/', '/rpc/ingest_run'],
  ['POST', '/api/rpc/ingest_run', '/rpc/ingest_run'],
  ['GET', '/v1/ingest/digest?table_name=posts&day=2026-02-01', '/rpc/ingest_digest?table_name=posts&day=2026-02-01'],

  // Parameters arrive as they were written: encoding, order, emptiness.
  [
    'GET',
    '/v1/feed?since=2024-01-01T00%3a00%3A00%2B00:00&until=&tier=a,b&handle=%40Ann&significant=true&q=a+b%20%22c%22&cursor=x_-~&limit=1',
    '/rpc/feed_page?since=2024-01-01T00%3a00%3A00%2B00:00&until=&tier=a,b&handle=%40Ann&significant=true&q=a+b%20%22c%22&cursor=x_-~&page_size=1',
  ],
  ['GET', '/v1/feed?', '/rpc/feed_page'],
  ['GET', '/v1/feed?&&limit=3&', '/rpc/feed_page?page_size=3'],
  ['GET', '/v1/feed?q', '/rpc/feed_page?q='],
  ['GET', '/v1/feed?q=a=b=c', '/rpc/feed_page?q=a=b=c'],
  ['GET', '/v1/feed?q=%F0%9F%98%80%E2%82%AC', '/rpc/feed_page?q=%F0%9F%98%80%E2%82%AC'],
  ['GET', '/v1/feed?q=%0d%0aSet-Cookie:%20a', '/rpc/feed_page?q=%0d%0aSet-Cookie:%20a'],
  ['GET', '/v1/feed?q=%00%c2%ff', UNREADABLE],
  ['GET', '/v1/feed?q=100%25%00', '/rpc/feed_page?q=100%25%00'],
  ['GET', '/v1/feed?q=what?/../?', '/rpc/feed_page?q=what?/../?'],
  ['GET', '/v1/feed?%6cimit=5', '/rpc/feed_page?page_size=5'],

  // PostgREST reads a ; as the end of a parameter, and its own parameters cannot be reached.
  ['GET', '/v1/feed?q=a;select=status_id', '/rpc/feed_page?q=a%3Bselect=status_id'],
  ['GET', '/v1/feed?page_size=5', [400, "Unknown parameter 'page_size'."]],
  ['GET', '/v1/feed?select=url', [400, "Unknown parameter 'select'."]],
  ['GET', '/v1/feed?Limit=5', [400, "Unknown parameter 'Limit'."]],
  ['GET', '/v1/feed?constructor=1', [400, "Unknown parameter 'constructor'."]],
  ['GET', '/v1/feed?__proto__=1', [400, "Unknown parameter '__proto__'."]],
  ['GET', '/v1/feed?=1', [400, "Unknown parameter ''."]],
  ['GET', '/v1/feed?a%22%0a=1', [400, `Unknown parameter 'a"\n'.`]],
  ['GET', '/v1/health?x=1', [400, "Unknown parameter 'x'."]],
  ['GET', '/v1/posts/1?status_id=2', [400, "Unknown parameter 'status_id'."]],
  ['GET', '/v1/ingest/digest?columns=x', [400, "Unknown parameter 'columns'."]],

  // What is sent more than once becomes one list, or is refused; nothing is ignored.
  ['GET', '/v1/feed?tier=a&limit=2&tier=b%20&tier=', '/rpc/feed_page?tier=a,b%20&page_size=2'],
  ['GET', '/v1/feed?handle=&handle=%40a&h%61ndle=b,c', '/rpc/feed_page?handle=%40a,b,c'],
  ['GET', '/v1/watch-accounts?tier=a&tier=b', '/rpc/watch_accounts?tier=a,b'],
  ['GET', '/v1/feed?limit=1&limit=2', [400, 'limit is given more than once']],
  ['GET', '/v1/feed?q=a&q=', [400, 'q is given more than once']],
  ['GET', '/api/rpc/feed?tier=a&likes=gte.1&likes=lte.9&tier=b', '/rpc/feed?tier=a,b&likes=gte.1&likes=lte.9'],
  ['GET', '/api/rpc/feed_atom?handle=a&handle=b', '/rpc/feed_atom?handle=a,b'],
  ['GET', '/api/rpc/feed?since=2026&since=2027', [400, 'since is given more than once']],
  ['GET', '/api/posts?likes=gte.1&likes=lte.9', '/posts?likes=gte.1&likes=lte.9'],

  // A renamed parameter is refused by the name under which it was sent.
  ['GET', '/v1/feed?limit=200', '/rpc/feed_page?page_size=200'],
  ['GET', '/v1/feed?limit=', '/rpc/feed_page?page_size='],
  ['GET', '/v1/feed?limit=0', [400, "limit cannot be '0'"]],
  ['GET', '/v1/feed?limit=201', [400, "limit cannot be '201'"]],
  ['GET', '/v1/feed?limit=ten%20', [400, "limit cannot be 'ten '"]],

  // A status id is one segment of the path, whatever is in it.
  ['GET', '/v1/posts/a%2Fb%3Fc%23d', '/rpc/post?status_id=a%2Fb%3Fc%23d'],
  ['GET', '/v1/posts/1&select=x', '/rpc/post?status_id=1%26select=x'],
  ['GET', '/v1/posts/1;select=x', '/rpc/post?status_id=1%3Bselect=x'],
  ['GET', '/v1/posts/1+2', '/rpc/post?status_id=1%2B2'],
  ['GET', '/v1/posts/1/2', UNKNOWN],
  ['GET', '/v1/posts/', UNKNOWN],
  ['GET', '/v1/posts', UNKNOWN],

  // A slash at the end does not matter.
  ['GET', '/v1/feed/?limit=2', '/rpc/feed_page?page_size=2'],
  ['GET', '/v1/posts/1/', '/rpc/post?status_id=1'],

  // There is nothing else under /v1.
  ['GET', '/v1/feed//', UNKNOWN],
  ['GET', '/v1/toString', UNKNOWN],
  ['GET', '/v1', UNKNOWN],
  ['GET', '/v1/', UNKNOWN],
  ['GET', '/v1/Feed', UNKNOWN],
  ['GET', '/v1/fee%64', UNKNOWN],
  ['GET', '/v1/rpc/feed', UNKNOWN],
  ['GET', '/v1//feed', UNKNOWN],
  ['GET', '/v1/./feed', UNKNOWN],
  ['GET', '/v1/x/../feed', UNKNOWN],
  ['GET', '/v1/%2e/feed', UNKNOWN],
  ['DELETE', '/v1/nope', UNKNOWN],

  // A wrong method gets the right ones in Allow.
  ['POST', '/v1/feed', [405, 'This call does not accept POST.', 'GET, HEAD, OPTIONS']],
  ['DELETE', '/v1/posts/1', [405, 'This call does not accept DELETE.', 'GET, HEAD, OPTIONS']],
  ['GET', '/v1/ingest/runs', [405, 'This call does not accept GET.', 'POST, OPTIONS']],
  ['HEAD', '/v1/ingest/runs', [405, 'This call does not accept HEAD.', 'POST, OPTIONS']],
  ['PUT', '/v1/ingest/posts/batch', [405, 'This call does not accept PUT.', 'POST, OPTIONS']],

  // What a browser asks before a request goes to PostgREST, which answers for all origins.
  ['OPTIONS', '/v1/health', '/rpc/health'],
  ['OPTIONS', '/v1/ingest/posts/batch', '/rpc/ingest_posts'],

  // Under /api, only the prefix is removed.
  ['GET', '/api', '/'],
  ['GET', '/api/', '/'],
  ['GET', '/api/posts?select=*,reports(*)&limit=2', '/posts?select=*,reports(*)&limit=2'],
  [
    'GET',
    '/api/posts?reports.order=reported_at&or=(likes.gt.1,views.gt.1)',
    '/posts?reports.order=reported_at&or=(likes.gt.1,views.gt.1)',
  ],
  ['GET', '/api/rpc/feed?q=a.match.b', '/rpc/feed?q=a.match.b'],
  ['OPTIONS', '/api/posts', '/posts'],
  ['POST', '/api/rpc/nearest?limit=5', '/rpc/nearest?limit=5'],

  // A path that no call has ends here, encoded or not.
  ['GET', '/api/a%2Fb/%2e%2e/c?x=%2F;y', [404, 'No such call.']],
  ['GET', '/api/posts/../../etc', [404, 'No such call.']],
  ['GET', '/api//posts', [404, 'No such call.']],
  ['GET', '/api/v1/feed', [404, 'No such call.']],
  ['GET', '/api/%70osts', [404, 'No such call.']],
  ['GET', `/api/rpc/${'a'.repeat(64)}`, [404, 'No such call.']],

  // Bodies go on only to calls that read them, and a collector's only with a token.
  ['POST', '/api/rpc/feed', [405, 'This call does not accept POST.', 'GET, HEAD, OPTIONS']],
  ['PATCH', '/api/posts?status_id=eq.1', [405, 'This call does not accept PATCH.', 'GET, HEAD, OPTIONS']],
  ['POST', '/api/rpc/ingest_run', [401, 'permission denied for function ingest_run']],
  ['POST', '/v1/ingest/runs', [401, 'permission denied for function ingest_run']],

  // What would cost PostgREST or the database more than it gives to any client.
  ['GET', `/api/rpc/feed?${'q=&'.repeat(31)}`, [400, 'The query has more than 30 parameters.']],
  ['GET', `/api/rpc/feed?${'a'.repeat(41)}=1`, [400, `Unknown parameter '${'a'.repeat(41)}'.`]],
  ['GET', '/api/posts?a%20b=1', [400, "Unknown parameter 'a b'."]],
  ['GET', '/api/rpc/feed?sinc=2026', [400, "Unknown parameter 'sinc'."]],
  ['GET', '/api/rpc/feed?constructor=1', [400, "Unknown parameter 'constructor'."]],
  ['GET', '/api/posts?=1', [400, "Unknown parameter ''."]],
  ['GET', '/api/posts?reports.nope=1', [400, "Unknown parameter 'reports.nope'."]],
  ['GET', '/api/posts?reports..order=a', [400, "Unknown parameter 'reports..order'."]],
  ['GET', '/api/posts?.order=a', [400, "Unknown parameter '.order'."]],
  ['GET', '/api/posts?columns=url', [400, "Unknown parameter 'columns'."]],
  ['GET', '/api/posts?select=a:body_text,b:body_text', [400, 'select names body_text more than once.']],
  ['GET', '/api/posts?select=a:url,reports(*),%22b%22:url::text', [400, 'select names url more than once.']],
  ['GET', '/api/posts?select=reports(a:summary,summary)', [400, 'select names summary more than once.']],
  ['GET', '/api/posts?reports.select=a:summary,summary', [400, 'select names summary more than once.']],
  ['GET', '/api/posts?select=*,reports(*,posts(*))', [400, 'select embeds posts again.']],
  ['GET', '/api/reports?select=posts(a:reports(*))', [400, 'select embeds reports again.']],
  ['GET', '/api/reports?select=...posts!inner(url),posts!b(url)', [400, 'select names posts more than once.']],
  [
    'GET',
    '/api/reports?select=%22an%20alias%22:summary::text,posts!inner(a:url,...post_metrics_snapshots(likes))',
    '/reports?select=%22an%20alias%22:summary::text,posts!inner(a:url,...post_metrics_snapshots(likes))',
  ],

  // Bytes at which PostgREST fails, and encodings that it reads in its own way.
  ['GET', '/v1/posts/%ff', UNREADABLE],
  ['GET', '/v1/feed?q=%c0%80', UNREADABLE],
  ['GET', '/v1/feed?%ff=1', UNREADABLE],
  ['GET', '/api/%ff', UNREADABLE],
  ['GET', '/api/rpc/feed?handle=%ed%a0%80', UNREADABLE],
  ['GET', '/api/posts?select=%22%zz%22:url,u%72l', UNREADABLE],
  ['GET', '/api/posts?body_text=m%61tch.%f', UNREADABLE],
  ['GET', '/api/posts?select=url,u%72l', [400, 'select names url more than once.']],

  // Names that PostgREST reads although they are written in another way.
  ['GET', '/api/posts?select=url,a:%20url', [400, "select cannot have 'a: url'."]],
  ['GET', '/api/posts?select=url,%22u%5Crl%22', [400, `select cannot have '"u\\rl"'.`]],
  ['GET', '/api/posts?select=url,%22url%22', [400, `select cannot have '"url"'.`]],
  [
    'GET',
    `/api/posts?select=${Array.from({ length: 61 }, (_, at) => `c${at}`)}`,
    [400, 'select names more than 60 columns.'],
  ],
  ['GET', '/api/posts?body_text=not.match.a', [400, 'The operator match is not accepted.']],
  ['GET', '/api/posts?or=(likes.gt.1,body_text.imatch.a)', [400, 'The operator imatch is not accepted.']],
  ['GET', '/api/posts?body_text=match(any).%7Ba%7D', [400, 'The operator match is not accepted.']],
  ['GET', '/api/posts?body_text=fts.a', [400, 'The operator fts is not accepted.']],
  ['GET', '/api/rpc/feed?body_text=not.wfts(english).a', [400, 'The operator wfts is not accepted.']],
  ['GET', '/api/posts?or=(url.like.a,body_text.ilike(any).%7Ba,b%7D)', [400, 'The operator ilike is not accepted.']],
  ['GET', `/api/posts?or=(${patterns(5)})`, `/posts?or=(${patterns(5)})`],
  ['GET', `/api/posts?or=(${patterns(6)})`, [400, 'The query has more than 5 patterns.']],
  [
    'GET',
    `/api/rpc/feed?and=(${patterns(2)})&or=(${patterns(2)})&url=like.*a*&author_handle=not.like.b*`,
    [400, 'The query has more than 5 patterns.'],
  ],
  [
    'GET',
    '/api/rpc/feed?q=like.a.like.b.like.c.like.d.like.e.like.f',
    '/rpc/feed?q=like.a.like.b.like.c.like.d.like.e.like.f',
  ],

  // PostgREST would look for a call with these arguments: the token of an Atom address, those of other calls, and columns.
  ['GET', '/api/rpc/feed?token=x', [400, "Unknown parameter 'token'."]],
  ['GET', '/api/posts?token=x', [400, "Unknown parameter 'token'."]],
  ['GET', '/api/posts?since=2026', [400, "Unknown parameter 'since'."]],
  ['GET', '/api/rpc/feed?page_size=1', [400, "Unknown parameter 'page_size'."]],
  ['GET', '/api/rpc/stats?cursor=', [400, "Unknown parameter 'cursor'."]],
  ['GET', '/api/rpc/feed?likes=5', [400, "Unknown parameter 'likes'."]],
  ['GET', '/api/rpc/feed?likes=', [400, "Unknown parameter 'likes'."]],
  ['GET', '/api/rpc/feed?likes=isdistinct.5', [400, "Unknown parameter 'likes'."]],
  ['GET', '/api/rpc/feed?posts=rain', [400, "Unknown parameter 'posts'."]],
  ['GET', '/api/rpc/constructor?a=1', [400, "Unknown parameter 'a'."]],
  ['GET', '/api/rpc/__proto__', '/rpc/__proto__'],
  ['GET', '/api/rpc/feed?likes=not.in.(1,2)', '/rpc/feed?likes=not.in.(1,2)'],
  ['GET', '/api/rpc/similar?status_id=1&likes=gt.1', '/rpc/similar?status_id=1&likes=gt.1'],
  ['GET', '/api/rpc/feed?status_id=gte.1&status_id=lte.9', '/rpc/feed?status_id=gte.1&status_id=lte.9'],

  // To PostgREST a ; ends a parameter too.
  ['GET', '/api/rpc/feed?since=2026;since=2027', [400, 'since is given more than once']],
  ['GET', '/api/rpc/feed?tier=a;tier=b', '/rpc/feed?tier=a,b'],
  ['GET', '/api/rpc/feed_atom?q=a;token=x', '/rpc/feed_atom?q=a'],
]

function patterns(count: number): string[] {
  return Array.from({ length: count }, (_, at) => `body_text.${at % 2 ? 'like' : 'not.ilike'}.*a${at}*`)
}

/** The token of a case: what reaches an ingest call was sent with one. */
export function tokenOf(outcome: Case[2]): string | undefined {
  return typeof outcome === 'string' && outcome.startsWith('/rpc/ingest_') ? 'Bearer token' : undefined
}
