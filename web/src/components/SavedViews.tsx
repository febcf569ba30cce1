import { useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { useApp } from '../app-context.ts'
import { promoteView, removeView, saveView } from '../edit-views.ts'

/** Saves the filters as a view, or changes the view that they are; the views themselves are tabs above the timeline. */
export function SavedViews() {
  const state = useApp()
  const { chips, filtersKey, views } = state
  const naming = useSignal(false)
  const section = useRef<HTMLElement>(null)
  const key = filtersKey.value
  const at = views.value.findIndex((view) => view.key === key)
  const { name } = views.value[at] ?? {}
  if (!chips.value.length) return null

  const save = (event: SubmitEvent) => {
    event.preventDefault()
    const field = (event.currentTarget as HTMLFormElement).elements.namedItem('name') as HTMLInputElement
    const text = field.value.trim()
    if (text) saveView(state, text, key)
    endNaming()
  }
  const endNaming = () => {
    naming.value = false
    requestAnimationFrame(() => section.current?.querySelector('button')?.focus())
  }
  return (
    <section ref={section} class="saved" tabIndex={-1} aria-label="Saved view">
      {naming.value ? (
        <form class="row" onSubmit={save}>
          <input
            name="name"
            aria-label="Name of this view"
            placeholder="Name"
            defaultValue={name ?? ''}
            maxLength={60}
            ref={(field) => field?.focus()}
            onKeyDown={(event) => {
              if (event.key !== 'Escape') return
              event.stopPropagation()
              endNaming()
            }}
          />
          <button>Save</button>
        </form>
      ) : (
        <div class="toggles">
          <button
            onClick={() => {
              naming.value = true
            }}
          >
            {name === undefined ? 'Save this view' : 'Rename'}
          </button>
          {at > 0 && (
            <button aria-label={`Move ${name} left`} onClick={() => promoteView(state, key)}>
              Move left
            </button>
          )}
          {name !== undefined && (
            <button aria-label={`Delete ${name}`} onClick={() => removeView(state, key)}>
              Delete
            </button>
          )}
        </div>
      )}
    </section>
  )
}
