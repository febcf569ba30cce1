/**
 * Splits JSON text at its string literals: the odd pieces are the literals with their quotes, the even ones what is
 * between them. (A regular expression runs out of stack on a literal with millions of escapes.)
 */
export function splitAtLiterals(json: string): string[] {
  const pieces: string[] = []
  let from = 0
  for (let start = json.indexOf('"'); start >= 0; start = json.indexOf('"', from)) {
    const end = findLiteralEnd(json, start)
    pieces.push(json.slice(from, start), json.slice(start, end))
    from = end
  }
  pieces.push(json.slice(from))
  return pieces
}

/** A quote ends the literal unless an odd number of backslashes precedes it. */
function findLiteralEnd(json: string, start: number): number {
  for (let quote = json.indexOf('"', start + 1); quote >= 0; quote = json.indexOf('"', quote + 1)) {
    let before = quote
    while (json[before - 1] === '\\') before--
    if ((quote - before) % 2 === 0) return quote + 1
  }
  return json.length
}
