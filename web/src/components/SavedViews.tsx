import { useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { useApp } from '../app-context.ts'
import { createSavedViews } from '../saved-views.ts'
import { localStore } from '../storage.ts'
import { Icon } from './Icon.tsx'

const saved = createSavedViews(localStore)

/** Filters that the reader saved under a name. */
export function SavedViews() {
  const { chips, filtersKey } = useApp()
  const naming = useSignal(false)
  const section = useRef<HTMLElement>(null)
  const views = saved.views.value
  const known = views.some((view) => view.key === filtersKey.value)
  if (!views.length && !chips.value.length) return null

  const save = (event: SubmitEvent) => {
    event.preventDefault()
    const field = (event.currentTarget as HTMLFormElement).elements.namedItem('name') as HTMLInputElement
    const name = field.value.trim()
    if (name) saved.save(name, filtersKey.peek())
    endNaming()
  }
  const endNaming = () => {
    naming.value = false
    requestAnimationFrame(() => section.current?.querySelector<HTMLElement>('[aria-current], .save')?.focus())
  }
  return (
    <section ref={section} class="saved" tabIndex={-1} aria-label="Saved views">
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
              endNaming()
            }}
          />
          <button type="submit">Save</button>
        </form>
      ) : (
        !known &&
        chips.value.length > 0 && (
          <button
            type="button"
            class="save"
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
