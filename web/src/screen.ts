import { signal } from '@preact/signals'

/** There is room for the filters next to the timeline. */
export const fitsRail = media('(min-width: 60rem)')

/** There is room for the side panel as well. */
export const fitsSidePanel = media('(min-width: 80rem)')

function media(query: string) {
  const list = matchMedia(query)
  const matches = signal(list.matches)
  list.addEventListener('change', () => {
    matches.value = list.matches
  })
  return matches
}
