import { readerLink } from './lib/api/reader-link.ts'
import { makeToken } from './lib/api/token.ts'
import { command } from './lib/cli.ts'
import { localSecret } from './lib/local/jwt-secret.ts'
import { print, progress } from './lib/output.ts'

await command({
  name: 'token',
  about: 'Prints a token (JWT) for writing, or for reading a private feed, signed with PGRST_JWT_SECRET.',
  options: {
    role: { about: 'ingest or reader', value: 'ROLE', default: 'ingest' },
    only: { about: 'limit it to these calls: posts,metrics; or atom, with --role reader', value: 'CALLS' },
    name: { about: 'whose it is; the log of writes shows it', value: 'NAME' },
    url: { about: 'with --role reader: print a link to this site that signs in, or its Atom feed', value: 'URL' },
    ttl: { about: 'how long it is valid: 90s, 15m, 12h, 30d', value: 'TIME', default: '30d' },
    key: { about: 'the key to sign with, if PGRST_JWT_SECRET is a JWK set (default: its first one)', value: 'KID' },
    local: { about: 'sign with the secret of the local server (npm start)' },
    data: { about: 'with --local: the folder of the local server', value: 'FOLDER', default: '.data' },
  },
  example: '--role ingest --ttl 30d',
  async run({ role, ttl, only, name, url, key, local, data }) {
    const secret = local ? localSecret(data) : process.env.PGRST_JWT_SECRET
    const options = { role, ttl, only, name, secret, kid: key }
    return url === undefined ? makeToken(options) : { role, ...(await readerLink(url, options)) }
  },
  show(made) {
    progress(`${'link' in made ? 'Link' : 'Token'} for ${made.role}, valid until ${made.expires}:`)
    print('link' in made ? made.link : made.token)
  },
})
