import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { State } from './state.ts'

/** Hands the state to every component. */
export const App = createContext<State>(undefined as never)

export const useApp = () => useContext(App)
