import type { SavedView } from './saved-views.ts'
import type { State } from './state.ts'

type Views = Pick<State, 'updateViews'>

/** Saves filters under a name, or renames them. */
export function saveView({ updateViews }: Views, name: string, key: string): void {
  updateViews((all) =>
    all.some((view) => view.key === key)
      ? all.map((view) => (view.key === key ? { name, key } : view))
      : [...all, { name, key }],
  )
}

export function removeView({ updateViews }: Views, key: string): void {
  updateViews((all) => all.filter((view) => view.key !== key))
}

/** Moves a view one place to the front. */
export function promoteView({ updateViews }: Views, key: string): void {
  updateViews((all) => {
    const at = all.findIndex((view) => view.key === key)
    return at > 0 ? all.toSpliced(at - 1, 2, all[at]!, all[at - 1]!) : all
  })
}

/** Adds those whose filters are not saved yet. */
export function addViews({ updateViews }: Views, more: readonly SavedView[]): void {
  for (const view of more) updateViews((all) => (all.some(({ key }) => key === view.key) ? all : [...all, view]))
}
