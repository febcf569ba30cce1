import { PAGE_SIZE } from '../api.ts'
import { useApp } from '../app.ts'
import { goToNewest } from '../newer.ts'

/** Says that posts arrived, and shows them when it is pressed. Until then nothing moves. */
export function NewPosts() {
  const state = useApp()
  const { newer, posts, busy, error } = state.timeline
  const count = newer.value.length
  const text = `${count >= PAGE_SIZE ? `${PAGE_SIZE}+` : count} new ${count === 1 ? 'post' : 'posts'}`
  const shown = posts.value.length
  return (
    <>
      <div class="newer" role="status">
        {count > 0 && (
          <button type="button" onClick={() => goToNewest(state)}>
            {text}
          </button>
        )}
      </div>
      {/* For those who do not see that the timeline changed. */}
      <p class="unseen" role="status">
        {!busy.value && !error.value && `${shown} ${shown === 1 ? 'post' : 'posts'} shown`}
      </p>
    </>
  )
}
