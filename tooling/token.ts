import { makeToken } from './lib/api/token.ts'
import { command } from './lib/cli.ts'
import { print, progress } from './lib/output.ts'

await command({
  name: 'token',
  about: 'Prints a token (JWT) for the ingest calls, signed with PGRST_JWT_SECRET.',
  options: {
    role: { about: 'the database role', value: 'ROLE', default: 'ingest' },
    only: { about: 'limit it to these ingest calls: posts,metrics', value: 'CALLS' },
    ttl: { about: 'how long it is valid: 90s, 15m, 12h, 30d', value: 'TIME', default: '30d' },
    key: { about: 'the key to sign with, if PGRST_JWT_SECRET is a JWK set (default: its first one)', value: 'KID' },
  },
  example: '--role ingest --ttl 30d',
  async run({ role, ttl, only, key }) {
    return makeToken({ role, ttl, only, secret: process.env.PGRST_JWT_SECRET, kid: key })
  },
  show({ token, role, expires }) {
    progress(`Token for ${role}, valid until ${expires}:`)
    print(token)
  },
})
