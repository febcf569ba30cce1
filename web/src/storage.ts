/** What the page needs of a storage. */
export type SafeStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

/**
 * localStorage or sessionStorage that never throws: with storage blocked (cookies off), full or missing, values last until
 * the page is left.
 */
export function safeStorage(name: 'localStorage' | 'sessionStorage'): SafeStorage {
  const unsaved = new Map<string, string>()
  // Reading the property itself throws where storage is blocked.
  const attempt = <T>(action: (storage: Storage) => T): T | undefined => {
    try {
      return action(globalThis[name])
    } catch {
      return undefined
    }
  }
  return {
    getItem: (key) => unsaved.get(key) ?? attempt((storage) => storage.getItem(key)) ?? null,
    setItem(key, value) {
      unsaved.set(key, value)
      attempt((storage) => {
        storage.setItem(key, value)
        unsaved.delete(key)
      })
    },
    removeItem(key) {
      unsaved.delete(key)
      attempt((storage) => storage.removeItem(key))
    },
  }
}

/** For every visit. */
export const localStore = safeStorage('localStorage')

/** For this tab: it survives a reload. */
export const sessionStore = safeStorage('sessionStorage')
