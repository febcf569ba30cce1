import { useSignal } from '@preact/signals'
import { useApp } from '../app-context.ts'
import { createSavedViews } from '../saved-views.ts'
import { Icon } from './Icon.tsx'

const saved = createSavedViews(localStorage)

/** Filters that the reader saved under a name. */
export function SavedViews() {
  const { chips, filtersKey } = useApp()
  const naming = useSignal(false)
  const views = saved.views.value
  const known = views.some((view) => view.key === filtersKey.value)
  if (!views.length && !chips.value.length) return null

  const save = (event: SubmitEvent) => {
    event.preventDefault()
    const field = (event.currentTarget as HTMLFormElement).elements.namedItem('name') as HTMLInputElement
    const name = field.value.trim()
    if (name) saved.save(name, filtersKey.peek())
    naming.value = false
  }
  return (
    <section class="saved" aria-label="Saved views">
      <h2>Saved views</h2>
      <ul>
        {views.map(({ name, key }) => (
          <li key={name}>
            <a href={key} aria-current={key === filtersKey.value ? 'true' : undefined}>
              <bdi>{name}</bdi>
            </a>
            <button type="button" class="square" aria-label={`Delete ${name}`} onClick={() => saved.remove(name)}>
              <Icon name="close" />
            </button>
          </li>
        ))}
      </ul>
      {naming.value ? (
        <form onSubmit={save}>
          <input
            name="name"
            aria-label="Name of this view"
            placeholder="Name"
            maxLength={60}
            ref={(field) => field?.focus()}
            onKeyDown={(event) => {
              if (event.key !== 'Escape') return
              event.stopPropagation()
              naming.value = false
            }}
          />
          <button type="submit">Save</button>
        </form>
      ) : (
        !known &&
        chips.value.length > 0 && (
          <button
            type="button"
            onClick={() => {
              naming.value = true
            }}
          >
            Save this view
          </button>
        )
      )}
    </section>
  )
}
