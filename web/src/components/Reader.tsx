import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { useApp } from '../app.ts'
import { lazy } from '../lazy.tsx'
import { roomy, wide } from '../screen.ts'
import { Chips } from './Chips.tsx'
import { Icon } from './Icon.tsx'
import { Search } from './Search.tsx'
import { Timeline } from './Timeline.tsx'

const tools = () => import('../tools.ts')
const Tools = lazy(() => tools().then((module) => module.Tools))
const ToolsSheet = lazy(() => tools().then((module) => module.ToolsSheet))
const Shortcuts = lazy(() => tools().then((module) => module.Shortcuts))
const Beside = lazy(() => import('./Beside.tsx').then((module) => module.Beside))
const NewPosts = lazy(() => import('../later.ts').then((module) => module.NewPosts))

/** The page: what narrows the timeline, the timeline, and what is open beside it. */
export function Reader() {
  const { place, timeline, helping, close } = useApp()
  const { post, view } = place.value
  const open = post !== undefined || view !== undefined
  // What covers the timeline takes it out of reach; it stays drawn, and so where it was scrolled to.
  const covered = open && !roomy.value
  useFocusBack(post)
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents lint/a11y/noStaticElementInteractions: Esc closes it too.
    <div
      class="reader"
      onClick={(event) => {
        // What is covered is inert: a click there arrives here.
        if (covered && event.target === event.currentTarget) close()
      }}
    >
      {wide.value ? (
        <header class="rail" inert={covered}>
          <Brand />
          <Search />
          <Tools />
        </header>
      ) : (
        <TopBar inert={covered} />
      )}
      <main inert={covered}>
        {timeline.loadedKey.value !== undefined && <NewPosts />}
        <Chips />
        <Timeline />
      </main>
      {(open || (roomy.value && timeline.loadedKey.value !== undefined)) && <Beside />}
      {helping.value && <Shortcuts />}
    </div>
  )
}

/** Gives the focus back to the post that was open. */
function useFocusBack(post: string | undefined) {
  const before = useRef<string | undefined>(undefined)
  useEffect(() => {
    const closed = post === undefined && before.current
    before.current = post
    if (!closed) return
    const row = document.getElementById(`post-${closed}`)
    row?.scrollIntoView({ block: 'nearest' })
    row?.focus({ preventScroll: true })
  }, [post])
}

function Brand() {
  return (
    <h1 class="brand">
      <a href="?">XMonitor</a>
    </h1>
  )
}

function TopBar({ inert }: { inert: boolean }) {
  const { chips } = useApp()
  const open = useSignal(false)
  const active = chips.value.length
  return (
    <header class="bar" inert={inert}>
      <Brand />
      <Search />
      <button
        type="button"
        class="square"
        aria-haspopup="dialog"
        aria-label={active ? `Filters and more, ${active} active` : 'Filters and more'}
        onClick={() => {
          open.value = true
        }}
      >
        <Icon name="filter" />
        {active > 0 && <b class="count">{active}</b>}
      </button>
      {open.value && (
        <ToolsSheet
          close={() => {
            open.value = false
          }}
        />
      )}
    </header>
  )
}
