import { useComputed, useSignal } from '@preact/signals'
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

/** The current filters as an Atom feed. */
function Subscribe() {
  const { api, filters } = useApp()
  const open = useSignal(false)
  const url = useComputed(() => api.atomUrl(filters.value))
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
      {open.value && (
        <div class="feed-url">
          <label>
            <span class="visually-hidden">Atom feed URL for these filters</span>
            <input readOnly value={url} onFocus={(event) => event.currentTarget.select()} />
          </label>
          <CopyButton text={url.value} label="Copy feed URL" />
        </div>
      )}
    </>
  )
}
