import { anyOf } from './any-of.ts'
import { decodeEntities } from './entities.ts'

/** A letter or digit, except those that are words by themselves, in scripts without blanks: Thai, Khmer, Chinese, Japanese. */
const LETTER = '(?:(?![\\u0e00-\\u109f\\u1780-\\u17ff\\u2e80-\\u{10ffff}])[\\p{L}\\p{N}])'
const FOUND_ANYWHERE = new RegExp(`${LETTER}{3}|^(?!${LETTER})`, 'u')

/** The terms that must match, as the API parses them: words and "phrases", without those after a minus. */
export function searchTerms(q: string): string[] {
  return [...q.matchAll(/(-?)(?:"([^"]*)"?|([^\s"]+))/g)]
    .filter(([, minus]) => !minus)
    .map(([, , phrase, word]) => decodeEntities(phrase ?? word ?? '').toLowerCase())
    .filter(Boolean)
}

/** Without three letters or digits in a row: the API finds such a term only where a word begins. */
export const isShort = (term: string) => !FOUND_ANYWHERE.test(term)

/** Matches the terms where the API finds them. */
export const matchTerms = (terms: readonly string[]) =>
  anyOf(terms, (pattern, term) => (isShort(term) ? `(?<!${LETTER})${pattern}` : pattern))
