/**
 * When the focused element is removed, moves the focus to its successor in the same list, or to what was around it, instead
 * of to the top of the document.
 */
export function keepFocus(root: Element): void {
  let last: { element: Element; ancestors: Element[]; list: Element | null; index: number } | undefined

  document.addEventListener('focusin', ({ target }) => {
    const element = target as Element
    const item = element.closest('li')
    const list = item?.parentElement ?? null
    const ancestors: Element[] = []
    for (let at = element.parentElement; at; at = at.parentElement) ancestors.push(at)
    last = { element, ancestors, list, index: item && list ? [...list.children].indexOf(item) : 0 }
  })

  const recover = () => {
    if (!last || last.element.isConnected || document.activeElement !== document.body) return
    const items = last.list?.isConnected ? [...last.list.children] : []
    const successor = (items[last.index] ?? items.at(-1))?.querySelector<HTMLElement>('a, button')
    const around = last.ancestors.find((one) => one.isConnected && one.hasAttribute('tabindex')) as
      | HTMLElement
      | undefined
    ;(successor ?? around)?.focus({ preventScroll: true })
  }
  // In the next frame: what closes may give the focus back itself.
  new MutationObserver(() => requestAnimationFrame(recover)).observe(root, { childList: true, subtree: true })
}
