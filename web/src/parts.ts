import { lazy } from './lazy.tsx'

// What comes after the first posts, in two files, and what is opened beside them, in a third.
const later = () => import('./later.ts')

export const FilterForm = lazy(() => import('./components/FilterForm.tsx').then((module) => module.FilterForm))
export const Beside = lazy(() => import('./components/Beside.tsx').then((module) => module.Beside))
export const Extras = lazy(() => later().then((module) => module.Extras))
export const NewPosts = lazy(() => later().then((module) => module.NewPosts))
export const Problem = lazy(() => later().then((module) => module.Problem))
export const Sheet = lazy(() => later().then((module) => module.Sheet))
export const Shortcuts = lazy(() => later().then((module) => module.Shortcuts))
