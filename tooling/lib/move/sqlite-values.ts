/** What a SQLite cell can hold. A JS number is always an integer here; a REAL has its own class. */
export type SqlValue = null | string | number | bigint | Real | Blob | InvalidText | TooLong

/** A SQLite REAL, as its shortest exact text. */
export class Real {
  private constructor(readonly text: string) {}

  static of(number: number): Real {
    return new Real(Number.isInteger(number) && Math.abs(number) < 1e15 ? number.toFixed(1) : String(number))
  }
}

/** A SQLite BLOB, in hex. */
export class Blob {
  constructor(readonly hex: string) {}
}

/** A SQLite TEXT whose bytes are not valid in the encoding of its file, in hex. */
export class InvalidText {
  constructor(
    readonly hex: string,
    readonly encoding: string,
  ) {}
}

/** A value that was not read because its row is too long: docs/rules.md#rule-6. */
export class TooLong {
  constructor(readonly bytes: number) {}
}

const MAX_SHOWN = 60

/** The value as a message names it, shortened, with control characters escaped. */
export function describe(value: SqlValue): string {
  if (value === null) return 'null'
  if (value instanceof Real) return `the real number ${value.text}`
  if (value instanceof Blob) return 'a BLOB'
  if (value instanceof InvalidText) return `text that is not valid ${value.encoding}`
  if (value instanceof TooLong) return `a value of ${value.bytes.toLocaleString('en-US')} bytes`
  if (typeof value !== 'string') return shorten(String(value))
  return `'${shorten(value).replace(CONTROL, (character) => JSON.stringify(character).slice(1, -1))}'`
}

function shorten(text: string): string {
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN).replace(HALF_PAIR, '')}...` : text
}

const HALF_PAIR = /[\ud800-\udbff]$/
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not reach a terminal.
const CONTROL = /[\0-\x1f\x7f]/g
