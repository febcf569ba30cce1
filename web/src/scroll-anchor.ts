/** The post at the top of the window, and how far it is below the window's top: where the reader is, whatever the heights above. */
export type Anchor = { id: string; top: number }

const SETTLE_FRAMES = 8

export function currentAnchor(): Anchor | undefined {
  const post = topPost()
  return post && { id: post.dataset.id!, top: post.getBoundingClientRect().top }
}

/** The first post that is at least partly visible. */
export function topPost(): HTMLElement | undefined {
  const bar = document.querySelector('.bar')?.clientHeight ?? 0
  const visible = (element: Element) => element.getBoundingClientRect().bottom > bar + 1
  // Group by group: to measure a post is to lay out its group.
  const group = [...document.querySelectorAll('.group')].find(visible)
  return [...(group?.querySelectorAll<HTMLElement>('.post') ?? [])].find(visible)
}

/** Scrolls a post back to its place, again in the next frames: it may not be rendered yet, and groups above it get their real heights as they appear. */
export function scrollToAnchor({ id, top }: Anchor, frames = SETTLE_FRAMES): void {
  const post = document.getElementById(`post-${id}`)
  if (post) scrollBy(0, post.getBoundingClientRect().top - top)
  if (frames) requestAnimationFrame(() => scrollToAnchor({ id, top }, frames - 1))
}
