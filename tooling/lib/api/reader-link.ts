import { Failure } from '../errors.ts'
import { makeToken, type TokenOptions } from './token.ts'

/**
 * What a reader of a private feed is given: a link to the page that signs in, with a token for the page and one for Atom
 * feeds; or, with a token limited to Atom, the address of the Atom feed.
 */
export async function readerLink(site: string, options: TokenOptions): Promise<{ link: string; expires: string }> {
  if (!/^https?:\/\//.test(site) || !URL.canParse(site))
    throw new Failure(`Invalid --url '${site}'.`, 'Use a URL such as --url https://xmonitor.example', 2)
  if (options.role !== 'reader')
    throw new Failure('--url is for tokens of readers.', 'Add --role reader, or leave --url out.', 2)
  const url = site.replace(/\/+$/, '')
  const { token, expires } = await makeToken(options)
  if (options.only !== undefined) return { link: `${url}/api/rpc/feed_atom?token=${token}`, expires }
  const atom = await makeToken({ ...options, only: 'atom' })
  return { link: `${url}/#token=${token}&atom=${atom.token}`, expires }
}
