import './styles/base.css'
import './styles/layout.css'
import './styles/controls.css'
import './styles/post.css'
import { render } from 'preact'
import { createApi } from './api.ts'
import { App } from './app.ts'
import { Reader } from './components/Reader.tsx'
import { followLinks } from './links.ts'
import { createState } from './state.ts'

start()

async function start() {
  const { api } = (await (await fetch('./config.json')).json()) as { api: string }
  const state = createState(createApi(new URL(api, document.baseURI).href), {
    location,
    history,
    storage: localStorage,
    now: Date.now,
  })

  followLinks(state)
  addEventListener('popstate', state.moved)
  setInterval(state.tick, 30_000)

  render(
    <App.Provider value={state}>
      <Reader />
    </App.Provider>,
    document.getElementById('app')!,
  )
  void state.loadWatchlist()
}
