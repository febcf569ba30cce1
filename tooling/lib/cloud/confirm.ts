import { question } from 'zx'
import { Failure } from '../errors.ts'

type Person = { present: boolean; ask: (text: string) => Promise<string> }

const AT_TERMINAL: Person = { present: process.stdin.isTTY, ask: (text) => question(text) }

/** Asks before something is lost; --yes has answered, and where nobody sits nothing is lost. */
export function confirmer(yes: boolean, { present, ask } = AT_TERMINAL): (text: string) => Promise<void> {
  return async (text) => {
    if (yes) return
    if (!present)
      throw new Failure(text.replace(/ [^.?]*\?$/, ''), 'Look at the changes above, then say yes by --yes.', 2)
    if (!/^y(es)?$/i.test((await ask(`${text} [y/N] `)).trim()))
      throw new Failure('Stopped, as you said.', 'This change was not made; what was done before it stays.', 2)
  }
}
