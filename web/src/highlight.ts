import { effect } from '@preact/signals'
import type { State } from './state.ts'

const NAME = 'found'
/** Only the first posts are searched: marking thousands would block scrolling. */
const MAX_POSTS = 1000

/** Highlights what the search found, without touching the DOM: https://developer.mozilla.org/docs/Web/API/CSS_Custom_Highlight_API */
export function highlightFound({ filters, timeline }: State): void {
  if (!('highlights' in CSS)) return
  effect(() => {
    const terms = searchTerms(filters.value.q)
    timeline.pages.value
    // Once the posts are rendered.
    requestAnimationFrame(() => {
      if (terms.length) CSS.highlights.set(NAME, new Highlight(...ranges(terms)))
      else CSS.highlights.delete(NAME)
    })
  })
}

/** The terms that must match, as the API parses them: words and "phrases", without those after a minus. */
export function searchTerms(q: string): string[] {
  return [...q.matchAll(/(-?)(?:"([^"]*)"?|([^\s"]+))/g)]
    .filter(([, minus]) => !minus)
    .map(([, , phrase, word]) => (phrase ?? word ?? '').toLowerCase())
    .filter(Boolean)
}

function ranges(terms: string[]): Range[] {
  const found: Range[] = []
  for (const post of [...document.querySelectorAll('.post .text, .post .author a')].slice(0, MAX_POSTS * 2)) {
    const walker = document.createTreeWalker(post, NodeFilter.SHOW_TEXT)
    for (let node = walker.nextNode(); node; node = walker.nextNode())
      for (const term of terms)
        for (const at of positions(node.nodeValue!, term)) found.push(range(node, at, term.length))
  }
  return found
}

function positions(text: string, term: string): number[] {
  const lower = text.toLowerCase()
  const at: number[] = []
  // A letter whose lower case is longer would shift every position after it.
  if (lower.length === text.length)
    for (let i = lower.indexOf(term); i >= 0; i = lower.indexOf(term, i + term.length)) at.push(i)
  return at
}

function range(node: Node, start: number, length: number): Range {
  const range = new Range()
  range.setStart(node, start)
  range.setEnd(node, start + length)
  return range
}
