/** A piece of a post's text: plain, or linked. The pieces' texts, joined, are the text. */
export type Piece = { text: string; href?: string }

// One pass, no backtracking: a URL, a @handle or a #tag that does not start inside a word or a URL.
const LINKS =
  /https?:\/\/[^\s<>"'`\u200e\u200f\u202a-\u202e\u2066-\u2069]+|(?<![\p{L}\p{N}_@#/.&])(?:@[A-Za-z0-9_]{1,50}(?![A-Za-z0-9_@])|#[\p{L}\p{N}\p{M}_]+)/giu
const ENDS_A_SENTENCE = /[.,;:!?)\]}*_~…。、，：；！？）」』】”’»]/
const PAIRS: Record<string, string> = { ')': '(', ']': '[', '}': '{' }

/** Splits a text into URLs, handles and tags and what is between them. Nothing else is interpreted. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = []
  let end = 0
  for (const match of text.matchAll(LINKS)) {
    const linked = match[0].startsWith('@') || match[0].startsWith('#') ? match[0] : withoutSentenceEnd(match[0])
    const href = hrefOf(linked)
    if (!href) continue
    if (match.index > end) found.push({ text: text.slice(end, match.index) })
    found.push({ text: linked, href })
    end = match.index + linked.length
  }
  if (end < text.length) found.push({ text: text.slice(end) })
  return found
}

const FOLD_AT = 700
const FOLD_LINES = 14
const FOLDED = 520
const FOLDED_LINES = 10

/** How many characters of a long text the timeline shows at first; undefined for all of a short one. */
export function fold(text: string): number | undefined {
  const lines = text.split('\n')
  const lineEnd = lines.length > FOLD_LINES ? lines.slice(0, FOLDED_LINES).join('\n').length : Infinity
  if (text.length <= FOLD_AT && lineEnd === Infinity) return undefined
  const cut = Math.min(lineEnd, FOLDED)
  if (cut === lineEnd) return cut
  // Back to a nearby space, or to the last whole character as a reader sees characters.
  const space = text.slice(cut - 60, cut).search(/\s\S*$/)
  if (space > 0) return cut - 60 + space
  return [...new Intl.Segmenter().segment(text.slice(0, cut))].at(-1)!.index || cut
}

/** Only http and https URLs become links, never javascript:, data: or anything else a post may hold. */
export function webUrl(text: string): string | undefined {
  try {
    const { href } = new URL(text)
    return /^https?:/.test(href) ? href : undefined
  } catch {
    return undefined
  }
}

function hrefOf(text: string): string | undefined {
  if (text.startsWith('@')) return `https://x.com/${text.slice(1)}`
  if (text.startsWith('#'))
    return /^#[\d_]+$/.test(text) ? undefined : `https://x.com/hashtag/${encodeURIComponent(text.slice(1))}`
  return webUrl(text)
}

// '(See https://example.com/a_(b).)' links https://example.com/a_(b): a closing bracket belongs to the URL if its opening one does.
function withoutSentenceEnd(url: string): string {
  const surplus: Record<string, number> = {}
  let end = url.length
  for (; end > 0; end--) {
    const last = url[end - 1]!
    if (!ENDS_A_SENTENCE.test(last)) break
    const opening = PAIRS[last]
    if (!opening) continue
    surplus[last] ??= count(url, last) - count(url, opening)
    if (surplus[last] <= 0) break
    surplus[last]--
  }
  return url.slice(0, end)
}

const count = (text: string, character: string) => text.split(character).length - 1
