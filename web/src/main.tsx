import './styles/base.css'
import './styles/page.css'
import './styles/controls.css'
import './styles/post.css'
import './styles/side-panel.css'
import { effect } from '@preact/signals'
import { render } from 'preact'
import { createApi } from './api.ts'
import { App } from './app-context.ts'
import { Reader } from './components/Reader.tsx'
import { followLinks } from './navigation.ts'
import { createState, type State } from './state.ts'

start()

/** Requests the first posts as soon as the API's URL is known, then renders. */
async function start() {
  const api = createApi(await apiBase())
  // The page restores the scroll position itself: the browser would scroll the timeline under an open post.
  history.scrollRestoration = 'manual'
  const state = createState(api, { location, history, storage: localStorage, now: Date.now, scrolled: () => scrollY })
  followLinks(state)
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

/** The API's URL, from the host that serves the page: one build works everywhere. */
async function apiBase(): Promise<string> {
  const { api } = await fetch('/config.json')
    .then((response) => response.json())
    .catch(() => ({ api: '/api' }))
  return new URL(api, document.baseURI).href
}
