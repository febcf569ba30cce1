import { effect } from '@preact/signals'
import { MINUTE } from './dates.ts'
import { checkForNew, showNew } from './new-posts.ts'
import type { State } from './state.ts'

const IDLE = 10_000
const FIRST_PAUSE = 10_000

/** Checks for new posts every minute while the tab is visible, and at once when it is shown again or back online. */
export function pollForNewPosts(state: State): void {
  const { timeline, place } = state
  let checkedAt = Date.now()
  let activeAt = Date.now()
  for (const event of ['pointermove', 'pointerdown', 'keydown', 'scroll', 'wheel', 'touchmove'])
    addEventListener(event, () => (activeAt = Date.now()), { passive: true })

  const check = async () => {
    if (document.hidden) return
    checkedAt = Date.now()
    if (timeline.error.peek()) return
    await checkForNew(state)
    const idleAtTop = scrollY < 8 && Date.now() - activeAt > IDLE && !place.peek().post && !place.peek().view
    const reading = document.activeElement?.closest('.post, dialog, input')
    if (idleAtTop && !reading && timeline.newer.peek().length) await showNew(state)
  }
  const tick = () => {
    state.updateClock()
    if (Date.now() - checkedAt >= MINUTE) void check()
  }
  setInterval(tick, MINUTE / 6)
  document.addEventListener('visibilitychange', tick)
  addEventListener('online', check)
  retryAfterErrors(state)
}

/** Repeats a failed request by itself: after ten seconds, then after pauses that double up to a minute. */
function retryAfterErrors({ timeline }: State): void {
  let pause = FIRST_PAUSE
  effect(() => {
    const error = timeline.error.value
    if (!error) {
      if (!timeline.loading.value) pause = FIRST_PAUSE
      return
    }
    // The same request would be refused again.
    if (error.kind === 'refused' || error.kind === 'private') return
    const retry = () => {
      // A tab in the background retries when it is shown again.
      if (document.hidden) document.addEventListener('visibilitychange', retry, { once: true })
      else void timeline.retry()
    }
    const timer = setTimeout(retry, pause)
    addEventListener('online', retry)
    pause = Math.min(pause * 2, MINUTE)
    return () => {
      clearTimeout(timer)
      removeEventListener('online', retry)
      document.removeEventListener('visibilitychange', retry)
    }
  })
}
