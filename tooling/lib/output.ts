/** Data goes to stdout, progress to stderr, in dbmate's style: 'Importing: posts', 'Imported: posts, 100,000 rows in 2.1s'. */

export function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

export function progress(text: string): void {
  process.stderr.write(`${text}\n`)
}

/** Prints 'Importing: what' before the work and 'Imported: what, detail in 2.1s' after it. */
export async function step<T>(
  [doing, done]: readonly [doing: string, done: string],
  what: string,
  work: () => Promise<T> | T,
  detail: (result: T) => string = () => '',
): Promise<T> {
  progress(`${doing}: ${what}`)
  const start = performance.now()
  const result = await work()
  const more = detail(result)
  progress(`${done}: ${what}${more && `, ${more}`} in ${((performance.now() - start) / 1000).toFixed(1)}s`)
  return result
}

export function count(number: number | bigint): string {
  return number.toLocaleString('en-US')
}
