import { useApp } from '../app-context.ts'
import {
  AuthorCard,
  FilteredCount,
  FilterSheet,
  NewPosts,
  restFailed,
  Shortcuts,
  SidePanel,
  Tools,
} from '../lazy-parts.tsx'
import { fitsRail, fitsSidePanel } from '../screen.ts'
import { Chips } from './Chips.tsx'
import { Icon } from './Icon.tsx'
import { Notice } from './Notice.tsx'
import { Search } from './Search.tsx'
import { Tabs } from './Tabs.tsx'
import { Timeline } from './Timeline.tsx'

/** The page: filters, timeline and side panel. */
export function Reader() {
  const { place, dialog, close } = useApp()
  const { post, view, filters } = place.value
  const [author, ...more] = filters.handles
  const open = Boolean(post ?? view)
  // A side panel that covers the timeline makes it inert; it stays rendered and keeps its scroll position.
  const covered = open && !fitsSidePanel.value
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents lint/a11y/noStaticElementInteractions: Esc closes the panel too.
    <div
      class="reader"
      onClick={(event) => {
        // A click on an inert element arrives here.
        if (covered && event.target === event.currentTarget) close()
      }}
    >
      <button class="skip" onClick={() => document.getElementById('posts')!.focus()}>
        Skip to posts
      </button>
      {fitsRail.value ? (
        <header class="rail" inert={covered} tabIndex={-1}>
          <Brand />
          <Search />
          <Tools />
        </header>
      ) : (
        <TopBar inert={covered} />
      )}
      <main id="posts" inert={covered} tabIndex={-1}>
        <NewPosts />
        {restFailed.value && (
          <Notice alert text="Part of the page could not be loaded.">
            <button onClick={() => location.reload()}>Reload the page</button>
          </Notice>
        )}
        <Tabs />
        <FilteredCount />
        <Chips />
        {author && !more.length && (
          <div class="author-room">
            <AuthorCard handle={author} />
          </div>
        )}
        <Timeline />
      </main>
      {(open || fitsSidePanel.value) && <SidePanel />}
      {dialog.value === 'shortcuts' && <Shortcuts />}
    </div>
  )
}

function Brand() {
  return (
    <h1 class="brand">
      <a href="?">
        <Icon name="brand" />
        XMonitor
      </a>
    </h1>
  )
}

function TopBar({ inert }: { inert: boolean }) {
  const { chips, dialog, openDialog } = useApp()
  const active = chips.value.length
  return (
    <header class="bar" inert={inert}>
      <Brand />
      <Search />
      <button
        class="square"
        aria-haspopup="dialog"
        aria-label={active ? `Filters and more, ${active} active` : 'Filters and more'}
        onClick={() => openDialog('filters')}
      >
        <Icon name="filter" />
        {active > 0 && <b class="count">{active}</b>}
      </button>
      {dialog.value === 'filters' && <FilterSheet />}
    </header>
  )
}
