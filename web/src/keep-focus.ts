/**
 * When the focused element is removed, moves the focus to its successor in the same list, or to what was around it, instead
 * of to the top of the document.
 */
export function keepFocus(root: Element): void {
  let last: { element: Element; ancestors: HTMLElement[]; list: Element | null | undefined; index: number } | undefined

  document.addEventListener('focusin', ({ target }) => {
    const element = target as Element
    const item = element.closest('li')
    const list = item?.parentElement
    const ancestors: HTMLElement[] = []
    for (let at = element.parentElement; at; at = at.parentElement) ancestors.push(at)
    last = { element, ancestors, list, index: [...(list?.children ?? [])].indexOf(item!) }
  })

  const recover = () => {
    if (!last || last.element.isConnected || document.activeElement !== document.body) return
    const items = last.list?.isConnected ? [...last.list.children] : []
    const successor = (items[last.index] ?? items.at(-1))?.querySelector<HTMLElement>('a, button')
    const around = last.ancestors.find((one) => one.isConnected && one.matches('[tabindex]'))
    ;(successor ?? around)?.focus({ preventScroll: true })
  }
  // In the next frame: what closes may give the focus back itself.
  new MutationObserver(() => requestAnimationFrame(recover)).observe(root, { childList: true, subtree: true })
}
