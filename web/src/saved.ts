import { signal } from '@preact/signals'

/** A named set of filters, as the address says them. */
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
      // No room: they hold until the page is left.
    }
  }
  return {
    views,
    /** One view per name: a known name takes the new filters. */
    save: (name: string, key: string) => write([...views.peek().filter((view) => view.name !== name), { name, key }]),
    remove: (name: string) => write(views.peek().filter((view) => view.name !== name)),
  }
}

function read(storage: Pick<Storage, 'getItem'>): SavedView[] {
  try {
    const kept: unknown = JSON.parse(storage.getItem(KEY) ?? '[]')
    return Array.isArray(kept)
      ? kept.filter((view) => typeof view?.name === 'string' && typeof view.key === 'string')
      : []
  } catch {
    return []
  }
}
