import { localStore } from './storage.ts'

/** Applies how the reader wants the page to look. Without a choice, the system's theme applies. */
function applyAppearance(): void {
  const { dataset } = document.documentElement
  for (const name of ['theme', 'text', 'rows'])
    dataset[name] = localStore.getItem(`xmonitor.${name}`) ?? dataset[name] ?? ''
  for (const bar of document.querySelectorAll<HTMLMetaElement>('meta[name=theme-color]')) {
    const own = bar.dataset.theme
    const chosen = dataset.theme === own ? 'all' : 'not all'
    bar.media = /light|dark/.test(dataset.theme!) ? chosen : `(prefers-color-scheme: ${own})`
  }
}

applyAppearance()
addEventListener('storage', applyAppearance)
