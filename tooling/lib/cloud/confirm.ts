import { question } from 'zx'
import { Failure } from '../errors.ts'

/** Asks before something is lost; --yes has answered, and where nobody sits nothing is lost. */
export function confirmer(yes: boolean): (text: string) => Promise<void> {
  return async (text) => {
    if (yes) return
    if (!process.stdin.isTTY)
      throw new Failure(text.replace(/ [^.?]*\?$/, ''), 'Look at the changes above, then say yes by --yes.', 2)
    if (!/^y(es)?$/i.test((await question(`${text} [y/N] `)).trim()))
      throw new Failure('Stopped, as you said.', 'This change was not made; what was done before it stays.', 2)
  }
}
