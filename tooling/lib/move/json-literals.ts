/**
 * A JSON text cut at its string literals: those, with their quotes, are the odd pieces; what stands between them the even ones.
 * (A regular expression for a literal runs out of stack when the literal holds millions of escapes.)
 */
export function cutAtLiterals(json: string): string[] {
  const pieces: string[] = []
  let from = 0
  for (let start = json.indexOf('"'); start >= 0; start = json.indexOf('"', from)) {
    const end = endOfLiteral(json, start)
    pieces.push(json.slice(from, start), json.slice(start, end))
    from = end
  }
  pieces.push(json.slice(from))
  return pieces
}

/** A quote ends the literal unless an odd number of backslashes stands before it. */
function endOfLiteral(json: string, start: number): number {
  for (let quote = json.indexOf('"', start + 1); quote >= 0; quote = json.indexOf('"', quote + 1)) {
    let before = quote
    while (json[before - 1] === '\\') before--
    if ((quote - before) % 2 === 0) return quote + 1
  }
  return json.length
}
