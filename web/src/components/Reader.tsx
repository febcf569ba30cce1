import { useSignal } from '@preact/signals'
import { useApp } from '../app.ts'
import { lazy } from '../lazy.tsx'
import { wide } from '../screen.ts'
import { Chips } from './Chips.tsx'
import { Icon } from './Icon.tsx'
import { Search } from './Search.tsx'
import { Sheet } from './Sheet.tsx'
import { Timeline } from './Timeline.tsx'

const Tools = lazy(() => import('./Tools.tsx').then((module) => module.Tools))

/** The page: what narrows the timeline at its side (on a phone in a sheet), the timeline in the middle. */
export function Reader() {
  return (
    <div class="reader">
      {wide.value ? (
        <div class="rail">
          <Brand />
          <Search />
          <Tools />
        </div>
      ) : (
        <TopBar />
      )}
      <main>
        <Chips />
        <Timeline />
      </main>
    </div>
  )
}

function Brand() {
  return (
    <h1 class="brand">
      <a href="?">XMonitor</a>
    </h1>
  )
}

function TopBar() {
  const { chips } = useApp()
  const open = useSignal(false)
  const active = chips.value.length
  return (
    <header class="bar">
      <Brand />
      <Search />
      <button
        type="button"
        class="square"
        aria-haspopup="dialog"
        aria-label={active ? `Filters and more, ${active} active` : 'Filters and more'}
        onClick={() => (open.value = true)}
      >
        <Icon name="filter" />
        {active > 0 && <b class="count">{active}</b>}
      </button>
      {open.value && (
        <Sheet label="Filters and more" close={() => (open.value = false)}>
          <Tools />
        </Sheet>
      )}
    </header>
  )
}
