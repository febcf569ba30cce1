import { signal } from '@preact/signals'

/** A named set of filters, as the query of the page's URL. */
type SavedView = { name: string; key: string }

const KEY = 'xmonitor.views'

/** The reader's saved views, in the order they were saved. */
export function createSavedViews(storage: Pick<Storage, 'getItem' | 'setItem'>) {
  const views = signal(read(storage))
  const write = (next: SavedView[]) => {
    views.value = next
    try {
      storage.setItem(KEY, JSON.stringify(next))
    } catch {
      // Storage is full: the views last until the page is left.
    }
  }
  return {
    views,
    /** Saves under a name, replacing the view that had it. */
    save: (name: string, key: string) => write([...views.peek().filter((view) => view.name !== name), { name, key }]),
    remove: (name: string) => write(views.peek().filter((view) => view.name !== name)),
  }
}

function read(storage: Pick<Storage, 'getItem'>): SavedView[] {
  try {
    const stored: unknown = JSON.parse(storage.getItem(KEY) ?? '[]')
    return Array.isArray(stored) ? stored.filter(isSavedView) : []
  } catch {
    return []
  }
}

// Storage can hold anything: only a query of this page may become a link.
function isSavedView(view: SavedView | null): boolean {
  return typeof view?.name === 'string' && typeof view.key === 'string' && view.key.startsWith('?')
}
