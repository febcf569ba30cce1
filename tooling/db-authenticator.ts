import { command } from './lib/cli.ts'
import { Failure } from './lib/errors.ts'
import { print } from './lib/output.ts'
import { withTransaction } from './lib/postgres/database.ts'
import { scramVerifier } from './lib/postgres/scram.ts'

const MIN_LENGTH = 16

await command({
  name: 'db:authenticator',
  about: "Sets the password of the API's role authenticator to AUTHENTICATOR_PASSWORD, without it appearing in a log.",
  options: {},
  async run() {
    const password = process.env.AUTHENTICATOR_PASSWORD ?? ''
    if (password.length < MIN_LENGTH || !/^[\x21-\x7e]+$/.test(password))
      throw new Failure(
        `AUTHENTICATOR_PASSWORD must have at least ${MIN_LENGTH} printable ASCII characters.`,
        'Set it in the environment or in .env.',
        2,
      )
    await withTransaction((db) => db.query(`alter role authenticator password '${scramVerifier(password)}'`), {
      unchanged: 'The password was not changed.',
    })
    return { role: 'authenticator' }
  },
  show({ role }) {
    print(`Set the password of ${role}.`)
  },
})
