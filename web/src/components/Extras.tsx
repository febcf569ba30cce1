import { useComputed, useSignal } from '@preact/signals'
import { useApp } from '../app.ts'
import { roomy } from '../screen.ts'
import { setTheme, theme } from '../theme.ts'
import { CopyButton } from './CopyButton.tsx'
import { SavedViews } from './SavedViews.tsx'

const THEMES = [
  ['auto', 'Auto'],
  ['light', 'Light'],
  ['dark', 'Dark'],
] as const

/** What stands below the filters: saved views, ways to the rest of the page, the colours. */
export function Extras() {
  const { helping } = useApp()
  return (
    <>
      <SavedViews />
      <nav class="ways" aria-label="More">
        {!roomy.value && <a href="?view=overview">Overview</a>}
        <Subscribe />
        <button
          type="button"
          class="link"
          onClick={() => {
            helping.value = true
          }}
        >
          Keyboard
        </button>
      </nav>
      <fieldset>
        <legend>Colours</legend>
        <div class="toggles">
          {THEMES.map(([name, label]) => (
            <button key={name} type="button" aria-pressed={theme.value === name} onClick={() => setTheme(name)}>
              {label}
            </button>
          ))}
        </div>
      </fieldset>
    </>
  )
}

/** The present filters as an Atom feed. */
function Subscribe() {
  const { api, filters } = useApp()
  const open = useSignal(false)
  const address = useComputed(() => api.atom(filters.value))
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
        <div class="address">
          <label>
            <span class="unseen">Atom address of these filters</span>
            <input readOnly value={address} onFocus={(event) => event.currentTarget.select()} />
          </label>
          <CopyButton text={address.value} label="Copy the Atom address" />
        </div>
      )}
    </>
  )
}
