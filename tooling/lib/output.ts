/**
 * Data goes to stdout, progress to stderr, in dbmate's style: 'Importing: posts', 'Imported: posts, 100,000 rows in 2.1s'.
 * On a terminal both are one line, which is rewritten.
 */

const CLEAR_LINE = '\r\x1b[K'
const REDRAW_MS = 200
/** A shorter step needs no numbers while it runs. */
const QUIET_MS = 2_000
/** How often a tick looks at the clock. */
const ROWS_PER_LOOK = 512

/** Tells a step how far it is: rows so far, and how many there will be if that is known. */
export type Tick = (rows: number, total?: number) => void

/** The line of the step that is running, on a terminal. */
let current = ''

export function print(text: string): void {
  process.stdout.write(`${escapeControls(text)}\n`)
}

export function progress(text: string): void {
  const line = escapeControls(text)
  process.stderr.write(current ? `${CLEAR_LINE}${line}\n${current}` : `${line}\n`)
}

/**
 * Names and values come from files that anyone may have made: in a terminal, their control characters would act, and those
 * for right-to-left text would show a line in another order.
 */
function escapeControls(text: string): string {
  return text.replace(/(?![\n\t])[\p{Cc}\p{Bidi_Control}]/gu, escapeCharacter)
}

/** For a name or a value within a line, which must not begin another one. */
export function escapeName(name: string): string {
  return name.replace(/[\p{Cc}\p{Bidi_Control}]/gu, escapeCharacter)
}

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0)!.toString(16).padStart(4, '0')
  return `\\u${code}`
}

/** Prints 'Importing: what' before the work and 'Imported: what, detail in 2.1s' after it. */
export async function step<T>(
  [doing, done]: readonly [doing: string, done: string],
  what: string,
  work: (tick: Tick) => Promise<T> | T,
  detail: (result: T) => string = () => '',
): Promise<T> {
  const start = performance.now()
  const outer = current
  const terminal = process.stderr.isTTY
  const line = `${doing}: ${escapeName(what)}`
  if (terminal) draw(line)
  else progress(line)

  let [drawn, rows, total]: [number, number, number | undefined] = [start, 0, undefined]
  const redraw = () => {
    drawn = performance.now()
    if (terminal && drawn - start > QUIET_MS) draw(`${line}${describeProgress(rows, total, (drawn - start) / 1000)}`)
  }
  const tick: Tick = (now, all) => {
    ;[rows, total] = [now, all]
    // The work may be synchronous: then no timer fires.
    if (rows % ROWS_PER_LOOK === 0 && performance.now() - drawn > REDRAW_MS) redraw()
  }
  const timer = terminal ? setInterval(redraw, REDRAW_MS) : undefined
  try {
    const result = await work(tick)
    const more = detail(result)
    endLine(
      `${done}: ${escapeName(what)}${more && `, ${more}`} in ${((performance.now() - start) / 1000).toFixed(1)}s`,
      outer,
    )
    return result
  } catch (error) {
    if (terminal) endLine(line, outer)
    throw error
  } finally {
    clearInterval(timer)
  }
}

export function count(number: number | bigint): string {
  return number.toLocaleString('en-US')
}

export function countOf(number: number, noun: string): string {
  return `${count(number)} ${number === 1 ? noun : `${noun}s`}`
}

export function rowCount(rows: number): string {
  return countOf(rows, 'row')
}

function draw(line: string): void {
  // A line that wraps could not be cleared.
  current = line.slice(0, (process.stderr.columns || 80) - 1)
  process.stderr.write(`${CLEAR_LINE}${current}`)
}

function endLine(line: string, outer: string): void {
  const text = escapeControls(line)
  process.stderr.write(current ? `${CLEAR_LINE}${text}\n${outer}` : `${text}\n`)
  current = outer
}

function describeProgress(rows: number, total: number | undefined, seconds: number): string {
  const rate = Math.round(rows / seconds)
  if (rows === 0) return `, ${seconds.toFixed(0)}s`
  if (total === undefined) return `, ${rowCount(rows)}, ${count(rate)}/s`
  // All are read: what is left does not depend on their number in a way that could be told.
  if (rows >= total) return `, ${rowCount(rows)} read, ${seconds.toFixed(0)}s`
  return `, ${count(rows)} of ${rowCount(total)}, ${count(rate)}/s, ${Math.ceil((total - rows) / rate)}s left`
}
