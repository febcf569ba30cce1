import { readPlace } from './place.ts'
import type { State } from './state.ts'

/** Follows the page's own links (?...) without reloading. A link to a post leaves the timeline as it is. */
export function followLinks(state: State): void {
  document.addEventListener('click', (event) => {
    const link = (event.target as Element).closest?.<HTMLAnchorElement>('a[href^="?"]')
    if (
      !link ||
      event.defaultPrevented ||
      event.button ||
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey ||
      event.altKey
    )
      return
    event.preventDefault()
    const to = readPlace(link.search)
    const step = state.leaveDialog()
    if (to.post || to.view) return state.go({ post: to.post, view: to.view }, step)
    state.go(to, step)
    scrollTo(0, 0)
  })
}
