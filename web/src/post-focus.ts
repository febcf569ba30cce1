import { topPost } from './scroll-anchor.ts'

export const firstPost = () => document.querySelector<HTMLElement>('.post[data-id]')

export const focusedPost = () => document.activeElement?.closest<HTMLElement>('.post[data-id]') ?? undefined

/** Moves the focus down or up, or to the first visible post if none has it. False at the end. */
export function moveFocus(step: 1 | -1): boolean {
  const focused = focusedPost()
  const next = focused ? neighbor(focused, step) : topPost()
  next?.focus({ preventScroll: true })
  next?.scrollIntoView({ block: 'nearest' })
  return next !== undefined
}

function neighbor(post: HTMLElement, step: 1 | -1): HTMLElement | undefined {
  const posts = [...document.querySelectorAll<HTMLElement>('.post[data-id]')]
  return posts[posts.indexOf(post) + step]
}
