import { useSignal } from '@preact/signals'
import { PAGE_SIZE } from '../api-url.ts'
import { useApp } from '../app-context.ts'
import { whole } from '../format.ts'
import { goToLeftOff } from '../left-off.ts'
import { showNewAndFocus } from '../new-posts.ts'
import { postCount, stats } from '../stats.ts'

/** Says that posts arrived, and shows them when pressed. Until then nothing moves. */
export function NewPosts() {
  const state = useApp()
  const { newer, posts, loading, error } = state.timeline
  const { leftOff } = state
  const returned = useSignal(false)
  const count = newer.value.length
  const text = `${count >= PAGE_SIZE ? `${PAGE_SIZE}+` : count} new ${count === 1 ? 'post' : 'posts'}`
  const shown = posts.value.length
  return (
    <>
      <div class="newer" role="status">
        {count > 0 && (
          <button type="button" onClick={() => showNewAndFocus(state)}>
            {text}
          </button>
        )}
      </div>
      {leftOff.value?.hasNew && !returned.value && (
        <div class="resume">
          <button
            type="button"
            onClick={() => {
              returned.value = true
              void goToLeftOff(state)
            }}
          >
            {leftOff.value.label}. Back to where you were
          </button>
        </div>
      )}
      <FilteredCount />
      {/* Tells screen readers that the timeline changed. */}
      <p class="visually-hidden" role="status">
        {!loading.value && !error.value && `${shown} ${shown === 1 ? 'post' : 'posts'} loaded`}
      </p>
    </>
  )
}

/** How many posts match the filters. */
function FilteredCount() {
  const { chips, filtersKey } = useApp()
  const { key, numbers } = stats.value ?? {}
  if (!chips.value.length || !numbers || key !== filtersKey.value) return null
  return (
    <p class="filtered-count">
      <b>{postCount(numbers)}</b> {numbers.posts === 1 ? 'post' : 'posts'} · {whole(numbers.significant)} significant ·{' '}
      {whole(numbers.unreported)} unreported
    </p>
  )
}
