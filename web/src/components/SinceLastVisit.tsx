import { useApp } from '../app-context.ts'
import { newerArguments } from '../left-off.ts'
import { countsOf } from '../stats.ts'
import { useLoaded } from '../use-loaded.ts'

/** How much is new in this view since the reader's last visit; nothing if nothing is, or on the first. */
export function SinceLastVisit() {
  const { api, browser, filters, leftOff, timeline } = useApp()
  const last = leftOff.value?.hasNew ? leftOff.value.since : undefined
  const { answer } = useLoaded(async () => {
    if (!last) return undefined
    const args = newerArguments(filters.peek(), last, browser.now())
    return countsOf(await api.stats(args), { ...filters.peek(), since: args.since })
  }, [last, timeline.loadedKey.value, timeline.checkedAt.value])
  if (!last || !answer) return null
  return (
    <p class="briefing">
      Since your last visit:
      {answer.map(([count, name, href], i) => (
        <>
          {i ? ', ' : ' '}
          <a href={href}>
            {count} {name}
          </a>
        </>
      ))}
    </p>
  )
}
