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
import { createState } from './state.ts'

start()

async function start() {
  const { api } = await readConfig()
  // The page says itself where it was scrolled to: Back would move the timeline under an open post.
  history.scrollRestoration = 'manual'
  const state = createState(createApi(new URL(api, document.baseURI).href), {
    location,
    history,
    storage: localStorage,
    now: Date.now,
    scrolled: () => scrollY,
  })
  followLinks(state)
  addEventListener('popstate', state.moved)
  render(
    <App.Provider value={state}>
      <Reader />
    </App.Provider>,
    document.getElementById('app')!,
  )

  // What the first screen does without comes when it stands.
  const stop = effect(() => {
    if (state.timeline.busy.value) return
    import('./later.ts').then(
      (later) => later.start(state),
      () => {},
    )
    queueMicrotask(() => stop())
  })
}

/** Where the API is: told by the place that serves the page, so that one build fits all. */
async function readConfig(): Promise<{ api: string }> {
  try {
    return await (await fetch('./config.json')).json()
  } catch {
    return { api: '/api' }
  }
}
