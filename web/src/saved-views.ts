import type { SafeStorage } from './storage.ts'
import { stored } from './stored.ts'

/** A named set of filters, as the query of the page's URL. */
type SavedView = { name: string; key: string }

/** The reader's saved views, in the order they were saved. */
export function createSavedViews(storage: SafeStorage) {
  const { value: views, update } = stored(storage, 'xmonitor.views', parseViews)
  return {
    views,
    /** Saves under a name, replacing the view that had it. */
    save: (name: string, key: string) => update((all) => [...all.filter((view) => view.name !== name), { name, key }]),
    remove: (name: string) => update((all) => all.filter((view) => view.name !== name)),
  }
}

function parseViews(json: unknown): SavedView[] {
  return Array.isArray(json) ? json.filter(isSavedView) : []
}

// Storage can hold anything: only a query of this page may become a link.
function isSavedView(view: Partial<SavedView> | null): boolean {
  return typeof view?.name === 'string' && typeof view.key === 'string' && view.key.startsWith('?')
}
