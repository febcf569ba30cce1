import { signal } from '@preact/signals'
import type { ComponentType } from 'preact'

type Rest = typeof import('./after-first-paint.ts')

const rest = signal<Rest | undefined>()
/** Offline, or a newer version replaced the file on the server. */
export const restFailed = signal(false)

/** Loads what the first screen does not need, in one file: several would compress worse. */
export function loadRest(): Promise<Rest | undefined> {
  return import('./after-first-paint.ts').then(
    (loaded) => {
      rest.value = loaded
      return loaded
    },
    () => {
      restFailed.value = true
      return undefined
    },
  )
}

/** A component of the rest; nothing until that is loaded. */
function lazy<P extends object>(pick: (rest: Rest) => ComponentType<P>) {
  return function Lazy(props: P) {
    const Part = rest.value && pick(rest.value)
    return Part ? <Part {...props} /> : null
  }
}

export const AuthorCard = lazy((rest) => rest.AuthorCard)
export const DayStrip = lazy((rest) => rest.DayStrip)
export const FilteredCount = lazy((rest) => rest.FilteredCount)
export const FilterSheet = lazy((rest) => rest.FilterSheet)
export const FoldedPosts = lazy((rest) => rest.FoldedPosts)
export const LoadError = lazy((rest) => rest.LoadError)
export const NewPosts = lazy((rest) => rest.NewPosts)
export const Shortcuts = lazy((rest) => rest.Shortcuts)
export const SidePanel = lazy((rest) => rest.SidePanel)
export const Tools = lazy((rest) => rest.Tools)
