import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { State } from './state.ts'

/** Gives every component the state. */
export const App = createContext<State>(undefined as never)

export const useApp = () => useContext(App)
