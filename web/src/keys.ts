import { openAdjacent } from './adjacent-posts.ts'
import { NO_FILTERS } from './filters.ts'
import { toggleRead, toggleSaved } from './keep.ts'
import { goToLeftOff } from './left-off.ts'
import { checkForNew, showNewAndFocus } from './new-posts.ts'
import { focusedPost, moveFocus } from './post-focus.ts'
import type { State } from './state.ts'
import { webUrl } from './text.ts'

const SEQUENCE = 1000

/** The page's keyboard shortcuts. They pause while the reader types, and leave the browser's own shortcuts alone. */
export function listenToKeys(state: State): void {
  let g = 0
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
    const target = event.target as HTMLElement
    // A modal dialog handles Esc itself.
    if (document.querySelector('dialog[open]')) return
    if (target.matches('input, textarea, select, [contenteditable]')) {
      if (event.key === 'Escape') target.blur()
      return
    }
    const afterG = Date.now() - g < SEQUENCE
    g = 0
    const action = afterG && event.key === 'h' ? home : actions[event.key]
    if (event.key === 'g') g = Date.now()
    if (action?.(target)) event.preventDefault()
  })

  const home = () => {
    state.go({ filters: NO_FILTERS, post: undefined, view: undefined })
    scrollTo(0, 0)
    return true
  }
  // An action that returns nothing did nothing, so the browser handles the key.
  const actions: Record<string, (target: HTMLElement) => unknown> = {
    j: () => step(state, 1),
    k: () => step(state, -1),
    o: () => open(state),
    Enter: (target) => target.matches('.post') && open(state),
    v: () => onPost(state, openOnX),
    s: () => onPost(state, toggleSaved),
    m: () => onPost(state, toggleRead),
    r: focusSimilar,
    '/': focusSearch,
    '.': () => showNewPosts(state),
    l: () => goToLeftOff(state),
    '?': () => state.openDialog('shortcuts') ?? true,
    Escape: () => closePanel(state),
  }
}

/** Opens the adjacent post if one is open; otherwise moves the focus. */
function step(state: State, by: 1 | -1): true {
  if (state.place.peek().post) void openAdjacent(state, by)
  else if (!moveFocus(by) && by === 1) void state.timeline.more()
  return true
}

/** Acts on the open post, or else the focused one. */
function onPost(state: State, act: (state: State, id: string) => void): string | undefined {
  const id = state.place.peek().post ?? focusedPost()?.dataset.id
  if (id) act(state, id)
  return id
}

function open({ go }: State): string | undefined {
  const id = focusedPost()?.dataset.id
  if (id) go({ post: id })
  return id
}

function openOnX({ timeline }: State, id: string): void {
  const link = document.querySelector<HTMLAnchorElement>('.side-panel a.on-x')
  const post = timeline.posts.peek().find((one) => one.status_id === id)
  const url = post ? webUrl(post.url) : link?.href
  if (url) window.open(url, '_blank', 'noreferrer')
}

function focusSimilar(): Element | null {
  const link = document.querySelector<HTMLElement>('.similar a')
  link?.focus()
  return link
}

function focusSearch(): boolean {
  const field = document.querySelector<HTMLInputElement>('input[type=search]')
  const isReachable = field?.closest('[inert]') === null
  if (isReachable) field.select()
  return isReachable
}

async function showNewPosts(state: State) {
  await checkForNew(state)
  if (state.timeline.newer.peek().length) await showNewAndFocus(state)
}

function closePanel({ place, close }: State): boolean {
  const isOpen = Boolean(place.peek().post ?? place.peek().view)
  if (isOpen) close()
  return isOpen
}
