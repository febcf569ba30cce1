import { useSignal } from '@preact/signals'
import { PAGE_SIZE } from '../api-url.ts'
import { useApp } from '../app-context.ts'
import { counted } from '../format.ts'
import { said } from '../keep.ts'
import { goToLeftOff } from '../left-off.ts'
import { showNewAndFocus } from '../new-posts.ts'

/** Says that posts arrived, and shows them when pressed. Until then nothing moves. */
export function NewPosts() {
  const state = useApp()
  const { newer, posts, loading, error } = state.timeline
  const { leftOff } = state
  const returned = useSignal(false)
  const count = newer.value.length
  const text = count < PAGE_SIZE ? counted(count, 'new post') : `${PAGE_SIZE}+ new posts`
  return (
    <>
      <div class="newer" role="status">
        {count > 0 && <button onClick={() => showNewAndFocus(state)}>{text}</button>}
      </div>
      {leftOff.value?.hasNew && !returned.value && (
        <div class="resume">
          <button
            onClick={() => {
              returned.value = true
              void goToLeftOff(state)
            }}
          >
            {leftOff.value.label}. Back to where you were
          </button>
        </div>
      )}
      {/* Tells screen readers what a key did, and that the timeline changed. */}
      <p class="visually-hidden" role="status">
        {said}
      </p>
      <p class="visually-hidden" role="status">
        {!loading.value && !error.value && `${counted(posts.value.length)} loaded`}
      </p>
    </>
  )
}
