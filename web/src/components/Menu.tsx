import { useSignal } from '@preact/signals'
import { useApp } from '../app-context.ts'
import { capitalize } from '../format.ts'
import { fitsSidePanel } from '../screen.ts'
import { setTheme, THEMES, theme } from '../theme.ts'
import { CopyButton } from './CopyButton.tsx'
import { SavedViews } from './SavedViews.tsx'

/** Below the filters: saved views, links to the rest of the page, the theme. */
export function Menu() {
  const { openDialog } = useApp()
  return (
    <>
      <SavedViews />
      <nav class="menu" aria-label="More">
        {!fitsSidePanel.value && <a href="?view=overview">Overview</a>}
        <Subscribe />
        <button type="button" class="link" onClick={() => openDialog('shortcuts')}>
          Keyboard shortcuts
        </button>
      </nav>
      <fieldset>
        <legend>Theme</legend>
        <div class="toggles">
          {THEMES.map((name) => (
            <button key={name} type="button" aria-pressed={theme.value === name} onClick={() => setTheme(name)}>
              {capitalize(name)}
            </button>
          ))}
        </div>
      </fieldset>
    </>
  )
}

/** The current filters as Atom feeds: each post, or each day of the reader's time zone. */
function Subscribe() {
  const { api, filters } = useApp()
  const open = useSignal(false)
  const posts = api.atomUrl(filters.value)
  const days = new URL(posts.replace('feed_atom', 'digest_atom'))
  days.searchParams.set('zone', Intl.DateTimeFormat().resolvedOptions().timeZone)
  const feeds = { 'Atom feed URL for these filters': posts, 'One entry per day': days.href }
  return (
    <>
      <button
        type="button"
        class="link"
        aria-expanded={open.value}
        onClick={() => {
          open.value = !open.value
        }}
      >
        Subscribe
      </button>
      {open.value &&
        Object.entries(feeds).map(([name, url]) => (
          <div key={name} class="feed-url">
            <label>
              <span>{name}</span>
              <input readOnly value={url} onFocus={(event) => event.currentTarget.select()} />
            </label>
            <CopyButton text={url} label="Copy feed URL" />
          </div>
        ))}
    </>
  )
}
