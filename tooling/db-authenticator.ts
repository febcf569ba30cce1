import { command } from './lib/cli.ts'
import { Failure } from './lib/errors.ts'
import { print } from './lib/output.ts'
import { copyRole } from './lib/postgres/copy-role.ts'
import { withTransaction } from './lib/postgres/database.ts'
import { scramVerifier } from './lib/postgres/scram.ts'

const MIN_LENGTH = 16
/** Two, so that one can get a new password while the API uses the other. */
const LOGINS = ['authenticator', 'authenticator_b'] as const

await command({
  name: 'db:authenticator',
  about: "Sets the password of the API's login to AUTHENTICATOR_PASSWORD, without it appearing in a log.",
  options: {},
  usesDatabase: true,
  async run() {
    const password = process.env.AUTHENTICATOR_PASSWORD ?? ''
    if (password.length < MIN_LENGTH || !/^[\x21-\x7e]+$/.test(password))
      throw new Failure(
        `AUTHENTICATOR_PASSWORD must have at least ${MIN_LENGTH} printable ASCII characters.`,
        'Set it in the environment or in .env.',
        2,
      )
    const role = process.env.AUTHENTICATOR_LOGIN || LOGINS[0]
    if (!LOGINS.some((login) => login === role))
      throw new Failure(`Invalid AUTHENTICATOR_LOGIN '${role}'.`, `Use one of ${LOGINS.join(', ')}.`, 2)
    await withTransaction(
      async (db) => {
        if (role !== LOGINS[0]) await copyRole(db, LOGINS[0], role)
        await db.query(`alter role ${role} password '${scramVerifier(password)}'`)
      },
      { unchanged: 'The password was not changed.' },
    )
    return { role }
  },
  show({ role }) {
    print(`Set the password of ${role}.`)
  },
})
