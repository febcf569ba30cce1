import { effect } from '@preact/signals'
import { matchTerms, searchTerms } from './search-terms.ts'
import type { State } from './state.ts'

const NAME = 'found'
/** Only the first texts are searched: marking thousands would block scrolling. */
const MAX_TEXTS = 2000
const TEXTS = '.post .text, .post .author a, .full-post .text, .full-post .author a'

/** Highlights what the search found, without touching the DOM: https://developer.mozilla.org/docs/Web/API/CSS_Custom_Highlight_API */
export function highlightFound({ filters }: State, root: Element): void {
  if (!('highlights' in CSS)) return
  let terms: string[] = []
  let requested = false
  const highlight = () => {
    requested = false
    if (terms.length) CSS.highlights.set(NAME, new Highlight(...ranges(terms)))
    else CSS.highlights.delete(NAME)
  }
  const request = () => {
    if (!requested) requestAnimationFrame(highlight)
    requested = true
  }
  // Whatever is rendered: more posts, an open post, an unfolded text.
  const observer = new MutationObserver(request)
  effect(() => {
    terms = searchTerms(filters.value.q)
    observer.disconnect()
    if (terms.length) observer.observe(root, { childList: true, subtree: true })
    request()
  })
}

function ranges(terms: string[]): Range[] {
  const found: Range[] = []
  const pattern = matchTerms(terms)
  for (const text of [...document.querySelectorAll(TEXTS)].slice(0, MAX_TEXTS)) {
    const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT)
    for (let node = walker.nextNode(); node; node = walker.nextNode())
      for (const { index, 0: match } of node.nodeValue!.matchAll(pattern)) {
        const range = new Range()
        range.setStart(node, index)
        range.setEnd(node, index + match.length)
        found.push(range)
      }
  }
  return found
}
