import { makeToken } from './lib/api/token.ts'
import { command } from './lib/cli.ts'
import { localSecret } from './lib/local/jwt-secret.ts'
import { print, progress } from './lib/output.ts'

await command({
  name: 'token',
  about: 'Prints a token (JWT) for the ingest calls, signed with PGRST_JWT_SECRET.',
  options: {
    role: { about: 'the database role', value: 'ROLE', default: 'ingest' },
    only: { about: 'limit it to these ingest calls: posts,metrics', value: 'CALLS' },
    ttl: { about: 'how long it is valid: 90s, 15m, 12h, 30d', value: 'TIME', default: '30d' },
    key: { about: 'the key to sign with, if PGRST_JWT_SECRET is a JWK set (default: its first one)', value: 'KID' },
    local: { about: 'sign with the secret of the local server (npm start)' },
    data: { about: 'with --local: the folder of the local server', value: 'FOLDER', default: '.data' },
  },
  example: '--role ingest --ttl 30d',
  async run({ role, ttl, only, key, local, data }) {
    const secret = local ? localSecret(data) : process.env.PGRST_JWT_SECRET
    return makeToken({ role, ttl, only, secret, kid: key })
  },
  show({ token, role, expires }) {
    progress(`Token for ${role}, valid until ${expires}:`)
    print(token)
  },
})
