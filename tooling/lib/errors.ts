/** What a person can act on: the fact, and the next step. Thrown where it is known, printed once by the command (cli.ts). */
export class Failure extends Error {
  override name = 'Failure'

  constructor(
    /** What is wrong, with the file, table or address it is about. */
    readonly fact: string,
    /** What to do about it. */
    readonly next: string,
    /** 1: it failed; 2: it was refused before anything was touched (a wrong flag, a missing --yes). */
    readonly exitCode: 1 | 2 = 1,
    options?: ErrorOptions,
  ) {
    super(`${fact}\n  ${next}`, options)
  }
}
