/** The posts in the timeline's DOM, for moving the focus between them. */
const renderedPosts = () => [...document.querySelectorAll<HTMLElement>('.post[data-id]')]

export const firstPost = () => renderedPosts()[0]

export const focusedPost = () => document.activeElement?.closest<HTMLElement>('.post[data-id]') ?? undefined

/** Moves the focus down or up, or to the first visible post if none has it. False at the end. */
export function moveFocus(step: 1 | -1): boolean {
  const all = renderedPosts()
  const focused = focusedPost()
  const bar = document.querySelector('.bar')?.clientHeight ?? 0
  const next = focused
    ? all[all.indexOf(focused) + step]
    : all.find((post) => post.getBoundingClientRect().bottom > bar + 1)
  next?.focus({ preventScroll: true })
  next?.scrollIntoView({ block: 'nearest' })
  return next !== undefined
}
