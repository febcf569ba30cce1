import { signal } from '@preact/signals'
import { addViews } from './edit-views.ts'
import { counted } from './format.ts'
import { type Kept, parseKept, toggle } from './kept.ts'
import { parseViews, type SavedView } from './saved-views.ts'
import type { State } from './state.ts'

type Backup = Kept & { xmonitor: number; views: readonly SavedView[] }

const VERSION = 1
/** A cursor before all others. */
const NEWEST = '\uffff'

/** What the last key did, for screen readers. */
export const said = signal('')

/** Saves a post, or removes it from the saved ones. */
export function toggleSaved({ kept, updateKept }: State, id: string): void {
  updateKept((all) => ({ ...all, saved: toggle(all.saved, id) }))
  said.value = kept.peek().saved.includes(id) ? 'Saved' : 'No longer saved'
}

export function markRead({ kept, updateKept }: State, id: string, read: boolean): void {
  if (kept.peek().read[id] === read) return
  updateKept(({ read: { [id]: _, ...others }, ...all }) => ({ ...all, read: { ...others, [id]: read } }))
}

/** Marks a post as read, or as unread if it is. */
export function toggleRead(state: State, id: string): void {
  const post = state.timeline.posts.peek().find((one) => one.status_id === id)
  const read = !state.isRead(post ?? { status_id: id, cursor: NEWEST })
  markRead(state, id, read)
  said.value = read ? 'Marked as read' : 'Marked as unread'
}

/** Mutes an author (@handle) or a word, or shows their posts again. */
export function toggleMuted({ updateKept }: State, text: string): void {
  const entry = text.trim().toLowerCase()
  if (entry.replace('@', '')) updateKept((all) => ({ ...all, muted: toggle(all.muted, entry) }))
}

/** Everything that is kept, as the text of a file. */
export function exportKept({ kept, views }: State): string {
  const backup: Backup = { xmonitor: VERSION, ...kept.peek(), views: views.peek() }
  return JSON.stringify(backup, null, 1)
}

/** Adds what such a file holds to what is kept. Returns what was read, or what is wrong with the file, which then changes nothing. */
export function importKept(state: State, text: string): string {
  let backup: Partial<Backup> | null
  try {
    backup = JSON.parse(text)
  } catch {
    return 'Nothing was imported: the file is not JSON.'
  }
  if (backup?.xmonitor !== VERSION) return 'Nothing was imported: the file was not exported here.'
  const { saved, read, muted } = parseKept(backup)
  const views = parseViews(backup.views)
  state.updateKept((all) => ({
    saved: [...new Set([...saved, ...all.saved])],
    read: { ...read, ...all.read },
    muted: [...new Set([...all.muted, ...muted])],
  }))
  addViews(state, views)
  return `Imported: ${saved.length} saved, ${muted.length} muted, ${counted(views.length, 'view')}.`
}
