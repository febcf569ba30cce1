import { type Signal, signal } from '@preact/signals'
import { localStore } from './storage.ts'

/** What the reader can choose, with the default first; theme.ts applies it, before the first paint and when it changes. */
export const CHOICES = {
  theme: ['auto', 'light', 'dark'],
  text: ['normal', 'large', 'larger'],
  rows: ['normal', 'compact'],
} as const

export type Choice = keyof typeof CHOICES

const NAMES = Object.keys(CHOICES) as Choice[]
const { dataset } = document.documentElement
const read = (name: Choice) => dataset[name] || CHOICES[name][0]

export const appearance = Object.fromEntries(NAMES.map((name) => [name, signal(read(name))])) as Record<
  Choice,
  Signal<string>
>

// Another tab has changed it, or this one.
addEventListener('storage', () => {
  for (const name of NAMES) appearance[name].value = read(name)
})

export function choose(name: Choice, value: string): void {
  dataset[name] = value
  localStore.setItem(`xmonitor.${name}`, value)
  // As in other tabs.
  dispatchEvent(new Event('storage'))
}
