import { signal } from '@preact/signals'

type Theme = 'auto' | 'light' | 'dark'

const KEY = 'xmonitor.theme'
const root = document.documentElement

/** The reader's choice; public/theme.js applied it before the first paint. */
export const theme = signal((root.dataset.theme as Theme | undefined) ?? 'auto')

export function setTheme(chosen: Theme): void {
  theme.value = chosen
  if (chosen === 'auto') delete root.dataset.theme
  else root.dataset.theme = chosen
  try {
    localStorage.setItem(KEY, chosen)
  } catch {
    // Storage is blocked: the choice lasts until the page is left.
  }
}
