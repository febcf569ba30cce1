import { NO_FILTERS } from './address.ts'
import { openBeside } from './neighbours.ts'
import { goToNewest, look } from './newer.ts'
import { focusedRow, moveFocus } from './rows.ts'
import type { State } from './state.ts'
import { webAddress } from './text.ts'

const SEQUENCE = 1000

/** The page's keys. They are silent while somebody types, and leave the browser's own alone. */
export function listenToKeys(state: State): void {
  let g = 0
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
    const target = event.target as HTMLElement
    // A modal dialog has its own Esc.
    if (document.querySelector('dialog[open]')) return
    if (target.matches('input, textarea, select, [contenteditable]')) {
      if (event.key === 'Escape') target.blur()
      return
    }
    const afterG = Date.now() - g < SEQUENCE
    g = 0
    const action = afterG && event.key === 'h' ? home : actions[event.key]
    if (event.key === 'g') g = Date.now()
    if (action?.(target) !== undefined) event.preventDefault()
  })

  const home = () => {
    state.go({ filters: NO_FILTERS, post: undefined, view: undefined })
    scrollTo(0, 0)
    return true
  }
  // What gives undefined did nothing: the key stays the browser's.
  const actions: Record<string, (target: HTMLElement) => unknown> = {
    j: () => step(state, 1),
    k: () => step(state, -1),
    o: () => open(state),
    Enter: (target) => (target.matches('.post') ? open(state) : undefined),
    v: () => openOnX(state),
    '/': () => focusSearch(),
    '.': () => loadNew(state),
    '?': () => (state.helping.value = true),
    Escape: () => leave(state),
  }
}

/** With a post open, to the next one beside it; else the focus moves. */
function step(state: State, by: 1 | -1): true {
  if (state.place.peek().post) void openBeside(state, by)
  else if (!moveFocus(by) && by === 1) void state.timeline.more()
  return true
}

function open({ go }: State): true | undefined {
  const id = focusedRow()?.dataset.id
  if (!id) return undefined
  go({ post: id })
  return true
}

function openOnX({ place, timeline }: State): true | undefined {
  const id = place.peek().post ?? focusedRow()?.dataset.id
  const link = document.querySelector<HTMLAnchorElement>('.beside a.on-x')
  const post = timeline.posts.peek().find((one) => one.status_id === id)
  const address = post ? webAddress(post.url) : link?.href
  if (!id || !address) return undefined
  window.open(address, '_blank', 'noopener,noreferrer')
  return true
}

function focusSearch(): true | undefined {
  const field = document.querySelector<HTMLInputElement>('input[type=search]')
  if (!field || field.closest('[inert]')) return undefined
  field.select()
  return true
}

async function loadNew(state: State) {
  await look(state)
  if (state.timeline.newer.peek().length) await goToNewest(state)
}

function leave({ place, close }: State): true | undefined {
  if (place.peek().post === undefined && place.peek().view === undefined) return undefined
  close()
  return true
}
