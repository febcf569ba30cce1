import { effect, signal } from '@preact/signals'
import { localStore } from './storage.ts'

export const THEMES = ['auto', 'light', 'dark'] as const
type Theme = (typeof THEMES)[number]

const KEY = 'xmonitor.theme'
const root = document.documentElement

/** The reader's choice; public/theme.js applied it before the first paint. */
export const theme = signal(read())

export function setTheme(chosen: Theme): void {
  theme.value = chosen
  localStore.setItem(KEY, chosen)
}

/** Applies the choice to the page and to the browser's own bar, and follows other tabs. */
export function applyTheme(): void {
  addEventListener('storage', (event) => {
    if (event.key === KEY || event.key === null) theme.value = read()
  })
  effect(() => {
    if (theme.value === 'auto') delete root.dataset.theme
    else root.dataset.theme = theme.value
    for (const bar of document.querySelectorAll<HTMLMetaElement>('meta[name=theme-color]')) {
      const own = bar.dataset.theme!
      bar.media = theme.value === 'auto' ? `(prefers-color-scheme: ${own})` : theme.value === own ? 'all' : 'not all'
    }
  })
}

function read(): Theme {
  const stored = localStore.getItem(KEY)
  return THEMES.find((name) => name === stored) ?? 'auto'
}
