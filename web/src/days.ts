import { effect } from '@preact/signals'
import type { Post } from './api.ts'
import { localDay } from './dates.ts'
import type { DayCounts, State } from './state.ts'

const hours = () => Array.from<number>({ length: 24 }).fill(0)

/** Keeps the counts of the days up to date. */
export function trackDays({ timeline, days }: State): void {
  effect(() => {
    days.value = countDays(timeline.posts.value, timeline.ended.value)
  })
}

/** Counts the posts of each day that is loaded to its end. */
function countDays(posts: readonly Post[], ended: boolean): ReadonlyMap<string, DayCounts> {
  const days = new Map<string, DayCounts>()
  let last = ''
  for (const { discovered_at, is_significant } of posts) {
    const time = new Date(discovered_at)
    last = localDay(time.getTime())
    const day = days.get(last) ?? { posts: 0, hours: hours(), significant: hours() }
    days.set(last, day)
    day.posts++
    day.hours[time.getHours()]!++
    if (is_significant) day.significant[time.getHours()]!++
  }
  if (!ended) days.delete(last)
  return days
}
