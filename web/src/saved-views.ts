import type { SafeStorage } from './storage.ts'
import { stored } from './stored.ts'

/** Filters with a name; the key is the query of the page's URL. */
export type SavedView = { name: string; key: string }

/** The reader's saved views, in the reader's order; each set of filters is saved once. */
export const storeViews = (storage: SafeStorage) => stored(storage, 'xmonitor.views', parseViews)

export function parseViews(json: unknown): SavedView[] {
  return Array.isArray(json) ? json.filter(isSavedView) : []
}

// Storage can hold anything: only a query of this page may become a link.
function isSavedView(view: Partial<SavedView> | null): boolean {
  return typeof view?.name === 'string' && typeof view.key === 'string' && view.key.startsWith('?')
}
