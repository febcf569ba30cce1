/** The posts of the timeline as they are drawn, for what moves between them. */
const rows = () => [...document.querySelectorAll<HTMLElement>('.post[data-id]')]

export const firstRow = () => rows()[0]

export const focusedRow = () => document.activeElement?.closest<HTMLElement>('.post[data-id]') ?? undefined

/** Moves the focus down or up; without one, to the first post on the screen. False at the end. */
export function moveFocus(step: 1 | -1): boolean {
  const all = rows()
  const at = focusedRow()
  const bar = document.querySelector('.bar')?.clientHeight ?? 0
  const next = at ? all[all.indexOf(at) + step] : all.find((row) => row.getBoundingClientRect().bottom > bar + 1)
  next?.focus({ preventScroll: true })
  next?.scrollIntoView({ block: 'nearest' })
  return next !== undefined
}
