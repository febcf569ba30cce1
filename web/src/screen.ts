import { signal } from '@preact/signals'

/** The rail stands beside the timeline. */
export const wide = media('(min-width: 60rem)')

/** What is open stands beside both. */
export const roomy = media('(min-width: 80rem)')

function media(query: string) {
  const list = matchMedia(query)
  const matches = signal(list.matches)
  list.addEventListener('change', () => {
    matches.value = list.matches
  })
  return matches
}
