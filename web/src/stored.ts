import { type Signal, signal } from '@preact/signals'
import type { SafeStorage } from './storage.ts'

export type Stored<T> = { value: Signal<T>; update: (change: (current: T) => T) => void }

/** A stored value as a signal that follows the page's other tabs. `parse` gets anything that JSON can hold. */
export function stored<T>(storage: SafeStorage, key: string, parse: (json: unknown) => T): Stored<T> {
  const read = () => parse(parseJson(storage.getItem(key)))
  const value = signal(read())
  // Fires in the tabs that did not make the change; without a key when everything was cleared.
  globalThis.addEventListener?.('storage', (event) => {
    if (event.key === key || event.key === null) value.value = read()
  })
  return {
    value,
    /** Changes what is stored now, which another tab may have changed since. */
    update(change) {
      value.value = change(read())
      storage.setItem(key, JSON.stringify(value.value))
    },
  }
}

function parseJson(text: string | null): unknown {
  try {
    return text === null ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}
