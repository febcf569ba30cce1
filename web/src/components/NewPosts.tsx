import { useSignal } from '@preact/signals'
import { PAGE_SIZE } from '../api-url.ts'
import { useApp } from '../app-context.ts'
import { goToLeftOff } from '../left-off.ts'
import { showNewAndFocus } from '../new-posts.ts'

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
      {/* Tells screen readers that the timeline changed. */}
      <p class="visually-hidden" role="status">
        {!loading.value && !error.value && `${shown} ${shown === 1 ? 'post' : 'posts'} loaded`}
      </p>
    </>
  )
}
