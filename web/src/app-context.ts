import type { State } from './state.ts'

let state: State

/** Sets the page's state, before anything is rendered. */
export function provideApp(created: State): void {
  state = created
}

/** The state, for every component: a page has only one, for as long as it is open. */
export const useApp = () => state
