/** An error for people: the fact and the next step. Thrown where both are known, printed once by the command (cli.ts). */
export class Failure extends Error {
  override name = 'Failure'

  constructor(
    /** What is wrong, with the file, table or address. */
    readonly fact: string,
    /** What to do about it. */
    readonly next: string,
    /** 1: failed; 2: refused before anything was changed (an invalid flag, a missing --yes). */
    readonly exitCode: 1 | 2 = 1,
    options?: ErrorOptions,
  ) {
    super(`${fact}\n  ${next}`, options)
  }
}
