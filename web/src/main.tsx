import './theme.ts'
import './styles/base.css'
import './styles/page.css'
import './styles/controls.css'
import './styles/tools.css'
import './styles/post.css'
import './styles/post-links.css'
import './styles/side-panel.css'
import './styles/print.css'
import { effect } from '@preact/signals'
import { render } from 'preact'
import { createApi } from './api.ts'
import { provideApp } from './app-context.ts'
import { Reader } from './components/Reader.tsx'
import { firstRequest, position } from './first-request.ts'
import { loadRest } from './lazy-parts.tsx'
import { currentAnchor } from './scroll-anchor.ts'
import { createState } from './state.ts'
import { localStore } from './storage.ts'

/** The page becomes usable after this time even without posts. */
const PATIENCE = 1000

start()

/** Renders; the first posts are already on their way. */
function start() {
  // The page restores the scroll position itself: the browser would scroll the timeline under an open post.
  history.scrollRestoration = 'manual'
  const state = createState(createApi(firstRequest), {
    location,
    history,
    storage: localStore,
    now: Date.now,
    anchor: currentAnchor,
    position,
  })
  provideApp(state)
  addEventListener('popstate', state.handlePopState)
  // The HTML already looks like the page without posts: rendering that as well would only delay the first posts.
  const show = () => {
    dispose()
    clearTimeout(timer)
    render(<Reader />, document.getElementById('app')!)
    requestAnimationFrame(() => setTimeout(loadTheRest))
  }
  /** Loads what the first screen does not need, once that is painted. */
  const loadTheRest = () => {
    state.firstPaintDone.value = true
    void loadRest().then((rest) => rest?.startAfterFirstPaint(state))
  }
  const timer = setTimeout(show, PATIENCE)
  const dispose = effect(() => {
    if (!state.timeline.loading.value) queueMicrotask(show)
  })
}
