import './styles/base.css'
import './styles/page.css'
import './styles/controls.css'
import './styles/post.css'
import './styles/side-panel.css'
import './styles/print.css'
import { effect } from '@preact/signals'
import { render } from 'preact'
import { createApi } from './api.ts'
import { App } from './app-context.ts'
import { Reader } from './components/Reader.tsx'
import { apiBase, firstRequest, position } from './first-request.ts'
import { followLinks } from './navigation.ts'
import { savePosition } from './position.ts'
import { currentAnchor } from './scroll-anchor.ts'
import { createState, type State } from './state.ts'
import { localStore } from './storage.ts'

start()

/** Renders; the first posts are already on their way. */
async function start() {
  const api = createApi(await apiBase, await firstRequest)
  // The page restores the scroll position itself: the browser would scroll the timeline under an open post.
  history.scrollRestoration = 'manual'
  const state = createState(api, {
    location,
    history,
    storage: localStore,
    now: Date.now,
    anchor: currentAnchor,
    position,
  })
  followLinks(state)
  addEventListener('pagehide', () => {
    const { filtersKey, timeline } = state
    const anchor = scrollY > 0 ? currentAnchor() : undefined
    savePosition({ key: filtersKey.peek(), count: timeline.posts.peek().length, anchor })
  })
  addEventListener('popstate', state.handlePopState)
  render(
    <App.Provider value={state}>
      <Reader />
    </App.Provider>,
    document.getElementById('app')!,
  )

  const dispose = effect(() => {
    if (state.timeline.loading.value) return
    queueMicrotask(() => dispose())
    requestAnimationFrame(() => setTimeout(loadTheRest, 0, state))
  })
}

/** Loads what the first screen does not need, once that is painted. */
function loadTheRest(state: State) {
  state.firstPaintDone.value = true
  import('./after-first-paint.ts').then(
    (module) => module.startAfterFirstPaint(state),
    () => {},
  )
}
