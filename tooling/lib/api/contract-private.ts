import { type Call, refuses } from './contract.ts'
import { READS } from './contract-reads.ts'

/** READS of a private feed: with a token, for no cache; and what is refused without one. */
export const PRIVATE_READS: readonly Call[] = [
  ...READS.map(ofPrivateFeed),
  ...['/rpc/feed', '/posts', '/v1/feed'].map(
    (path): Call => ({
      name: `GET ${path}: nothing can be read without a token`,
      path,
      status: 401,
      answers: { 'www-authenticate': /^Bearer/ },
      check: refuses('42501', 'this feed is private'),
    }),
  ),
]

function ofPrivateFeed(call: Call): Call {
  if (typeof call.path === 'string' && call.path.endsWith('/health')) return call
  if (call.method === 'POST') return call
  const cached = call.answers?.['cache-control'] && { 'cache-control': /^private, no-store$/ }
  return { ...call, token: true, answers: { ...call.answers, ...cached } }
}
