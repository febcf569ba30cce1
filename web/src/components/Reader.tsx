import { useSignal } from '@preact/signals'
import { useApp } from '../app.ts'
import { Beside, Extras, FilterForm, NewPosts, Sheet, Shortcuts } from '../parts.ts'
import { roomy, wide } from '../screen.ts'
import { Chips } from './Chips.tsx'
import { Icon } from './Icon.tsx'
import { Search } from './Search.tsx'
import { Timeline } from './Timeline.tsx'

/** The page: what narrows the timeline, the timeline, and what is open beside it. */
export function Reader() {
  const { place, standing, helping, close } = useApp()
  const { post, view } = place.value
  const open = post !== undefined || view !== undefined
  // What covers the timeline takes it out of reach; it stays drawn, and so where it was scrolled to.
  const covered = open && !roomy.value
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
        {standing.value && <NewPosts />}
        <Chips />
        <Timeline />
      </main>
      {(open || (roomy.value && standing.value)) && <Beside />}
      {helping.value && <Shortcuts />}
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

/** Everything beside the search: the filters at once, the rest when the first posts stand. */
function Tools() {
  const { standing } = useApp()
  return (
    <div class="tools">
      <FilterForm />
      {standing.value && <Extras />}
    </div>
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
        <Sheet
          label="Filters and more"
          close={() => {
            open.value = false
          }}
        >
          <Tools />
        </Sheet>
      )}
    </header>
  )
}
