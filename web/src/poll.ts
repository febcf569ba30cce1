import { checkForNew, showNew } from './new-posts.ts'
import type { State } from './state.ts'

const MINUTE = 60_000
const IDLE = 10_000

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
    if (timeline.error.peek() && timeline.error.peek()!.kind !== 'refused') return timeline.retry()
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
}
