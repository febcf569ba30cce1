import './styles/base.css'
import './styles/layout.css'
import './styles/controls.css'
import './styles/post.css'
import './styles/beside.css'
import { effect } from '@preact/signals'
import { render } from 'preact'
import { createApi } from './api.ts'
import { App } from './app.ts'
import { Reader } from './components/Reader.tsx'
import { followLinks } from './links.ts'
import { createState, type State } from './state.ts'

start()

/** Begins when the address of the API is known, with the question for the first posts; what is drawn comes after it. */
async function start() {
  const api = createApi(await apiBase())
  // The page says itself where it was scrolled to: Back would move the timeline under an open post.
  history.scrollRestoration = 'manual'
  const state = createState(api, { location, history, storage: localStorage, now: Date.now, scrolled: () => scrollY })
  followLinks(state)
  addEventListener('popstate', state.moved)
  render(
    <App.Provider value={state}>
      <Reader />
    </App.Provider>,
    document.getElementById('app')!,
  )

  const stop = effect(() => {
    if (state.timeline.busy.value) return
    queueMicrotask(() => stop())
    requestAnimationFrame(() => setTimeout(comeLater, 0, state))
  })
}

/** What the first screen does without, when that is painted. */
function comeLater(state: State) {
  state.standing.value = true
  import('./later.ts').then(
    (later) => later.start(state),
    () => {},
  )
}

/** Where the API is: told by the place that serves the page, so that one build fits all. */
async function apiBase(): Promise<string> {
  const { api } = await fetch('/config.json')
    .then((response) => response.json())
    .catch(() => ({ api: '/api' }))
  return new URL(api, document.baseURI).href
}
