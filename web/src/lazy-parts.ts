import { lazy } from './lazy.tsx'

// Three files: the filters, what starts after the first paint, and what opens in the side panel.
const afterFirstPaint = () => import('./after-first-paint.ts')

export const FilterForm = lazy(() => import('./components/FilterForm.tsx').then((module) => module.FilterForm))
export const SidePanel = lazy(() => import('./components/SidePanel.tsx').then((module) => module.SidePanel))
export const FoldedPosts = lazy(() => afterFirstPaint().then((module) => module.FoldedPosts))
export const LoadError = lazy(() => afterFirstPaint().then((module) => module.LoadError))
export const Menu = lazy(() => afterFirstPaint().then((module) => module.Menu))
export const NewPosts = lazy(() => afterFirstPaint().then((module) => module.NewPosts))
export const Sheet = lazy(() => afterFirstPaint().then((module) => module.Sheet))
export const Shortcuts = lazy(() => afterFirstPaint().then((module) => module.Shortcuts))
