import { effect, type Signal, signal } from '@preact/signals'
import { localStore } from './storage.ts'

/** What the reader can choose, with the default first; public/theme.js applies it before the first paint. */
export const CHOICES = {
  theme: ['auto', 'light', 'dark'],
  text: ['normal', 'large', 'larger'],
  rows: ['normal', 'compact'],
} as const

export type Choice = keyof typeof CHOICES

const NAMES = Object.keys(CHOICES) as Choice[]
const { dataset } = document.documentElement
const keyOf = (name: Choice) => `xmonitor.${name}`

export const appearance = Object.fromEntries(NAMES.map((name) => [name, signal(read(name))])) as Record<
  Choice,
  Signal<string>
>

export function choose(name: Choice, value: string): void {
  appearance[name].value = value
  localStore.setItem(keyOf(name), value)
}

/** Applies the choices to the page and to the browser's own bar, and follows other tabs. */
export function applyAppearance(): void {
  addEventListener('storage', () => {
    for (const name of NAMES) appearance[name].value = read(name)
  })
  effect(() => {
    for (const name of NAMES) dataset[name] = appearance[name].value
    const theme = appearance.theme.value
    for (const bar of document.querySelectorAll<HTMLMetaElement>('meta[name=theme-color]')) {
      const own = bar.dataset.theme!
      bar.media = theme === 'auto' ? `(prefers-color-scheme: ${own})` : theme === own ? 'all' : 'not all'
    }
  })
}

function read(name: Choice): string {
  const stored = localStore.getItem(keyOf(name))
  return CHOICES[name].find((value) => value === stored) ?? CHOICES[name][0]
}
