import { command } from './lib/cli.ts'
import { loadEnvironment } from './lib/environment.ts'
import { Failure } from './lib/errors.ts'
import { print } from './lib/output.ts'
import { withDatabase } from './lib/postgres/database.ts'
import { scramVerifier } from './lib/postgres/scram.ts'

const LEAST_LENGTH = 16

await command({
  name: 'db:authenticator',
  about: "Gives the API's role authenticator the password in AUTHENTICATOR_PASSWORD, without it appearing in any log.",
  options: {},
  async run() {
    loadEnvironment()
    const password = process.env.AUTHENTICATOR_PASSWORD ?? ''
    if (password.length < LEAST_LENGTH || !/^[\x21-\x7e]+$/.test(password))
      throw new Failure(
        `AUTHENTICATOR_PASSWORD must have at least ${LEAST_LENGTH} printable ASCII characters.`,
        'Set it in the environment, never on the command line.',
        2,
      )
    await withDatabase((db) => db.query(`alter role authenticator password '${scramVerifier(password)}'`))
    return { role: 'authenticator' }
  },
  show({ role }) {
    print(`The password of ${role} is set.`)
  },
})
