import { question } from 'zx'
import { Failure } from '../errors.ts'

type Person = { present: boolean; ask: (text: string) => Promise<string> }

const AT_TERMINAL: Person = { present: process.stdin.isTTY, ask: (text) => question(text) }

/** Asks before something is lost. --yes answers in advance; without a terminal the answer is no. */
export function confirmer(yes: boolean, { present, ask } = AT_TERMINAL): (text: string) => Promise<void> {
  return async (text) => {
    if (yes) return
    if (!present)
      throw new Failure(text.replace(/ [^.?]*\?$/, ''), 'Review the changes above, then confirm with --yes.', 2)
    if (!/^y(es)?$/i.test((await ask(`${text} [y/N] `)).trim()))
      throw new Failure('Cancelled.', 'This change was not made; earlier steps stay done.', 2)
  }
}
