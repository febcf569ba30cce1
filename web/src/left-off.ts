import { computed, effect, type ReadonlySignal, signal } from '@preact/signals'
import type { Post } from './api.ts'
import { isInstant, MINUTE } from './dates.ts'
import { type Filters, feedArguments } from './filters.ts'
import { clock, shortAbsolute } from './format.ts'
import { type Anchor, currentAnchor, scrollToAnchor } from './scroll-anchor.ts'
import type { State } from './state.ts'
import { localStore } from './storage.ts'
import { stored } from './stored.ts'

/** How far the reader got in a view: when, the cursor and the time of the newest post then, and the post at the top of the window. */
type Mark = { at: number; cursor: string; newest: string; anchor?: Anchor | undefined }
/** The last look at a view, and where the visit before had ended. */
export type Visit = Mark & { before?: Mark | undefined }

/** A reader who comes back later than that is on a new visit. */
const NEW_VISIT = 30 * MINUTE
const MAX_VIEWS = 50

/** Where the reader was in this view at the end of the last visit; undefined on the first. */
const mark = signal<Mark | undefined>()

/** Remembers per view where a visit ended, and shows in the next one what is new since. */
export function trackVisits(state: State): ReadonlySignal<Record<string, Visit>> {
  const { timeline, filtersKey, leftOff, now, browser } = state
  const visits = stored(localStore, 'xmonitor.visits', parseVisits)
  let key: string | undefined

  const save = () => {
    const newest = timeline.posts.peek()[0]
    if (key === undefined || key !== timeline.loadedKey.peek() || !newest || timeline.cachedAt.peek()) return
    const visit = {
      at: browser.now(),
      cursor: newest.cursor,
      newest: newest.discovered_at,
      anchor: currentAnchor(),
      before: mark.peek(),
    }
    // The last one at the end.
    visits.update(({ [key!]: _, ...others }) =>
      Object.fromEntries(Object.entries({ ...others, [key!]: visit }).slice(-MAX_VIEWS)),
    )
  }
  // The last event that a phone is sure to send.
  document.addEventListener('visibilitychange', () => document.hidden && save())
  addEventListener('pagehide', save)

  effect(() => {
    if (timeline.loadedKey.value !== filtersKey.value || filtersKey.value === key) return
    key = filtersKey.value
    const visit = visits.value.peek()[key]
    mark.value = visit && (browser.now() - visit.at > NEW_VISIT ? visit : visit.before)
    save()
  })

  // Posts that arrived and were shown are seen.
  effect(() => {
    if (timeline.posts.value.length) save()
  })

  const firstSeen = computed(() => {
    // Without a mark, no post comes before it.
    const cursor = mark.value?.cursor ?? ''
    return timeline.posts.value.findIndex((post) => post.cursor <= cursor)
  })
  effect(() => {
    const at = firstSeen.value
    const visit = mark.value
    const posts = timeline.posts.value
    const count = at < 0 ? posts.length : at
    const more = at < 0 && !timeline.ended.value ? '+' : ''
    leftOff.value = visit && {
      since: newSince(visit),
      cursor: visit.cursor,
      id: at > 0 ? posts[at]!.status_id : undefined,
      label: `New since ${since(visit.at, now.value)} · ${count}${more} ${count === 1 ? 'post' : 'posts'}`,
      hasNew: count > 0,
    }
  })
  return visits.value
}

/** Scrolls to the post that was at the top when the last visit ended, loading what is between. */
export async function goToLeftOff({ timeline, leftOff }: State): Promise<void> {
  const visit = mark.peek()
  if (!visit) return
  const target = visit.anchor?.id
  const isTarget = (post: Post) => post.status_id === target
  await timeline.loadUntil((posts) => posts.some(isTarget) || posts.at(-1)!.cursor < visit.cursor)
  const id = timeline.posts.peek().some(isTarget) ? target : leftOff.peek()?.id
  const post = id && document.getElementById(`post-${id}`)
  if (!post) return
  if (visit.anchor?.id === id) scrollToAnchor(visit.anchor!)
  else post.scrollIntoView({ block: 'center' })
  post.focus({ preventScroll: true })
}

/** The first instant of what is new since a visit. */
export const newSince = ({ newest }: Pick<Visit, 'newest'>) => new Date(Date.parse(newest) + 1).toISOString()

/** The arguments for what is new in a view, which may itself begin later. */
export function newerArguments(filters: Filters, since: string, now: number) {
  const args = feedArguments(filters, now)
  return { ...args, since: args.since && args.since > since ? args.since : since }
}

/** '18:04', 'yesterday 18:04' or 'Apr 1, 2024, 18:04'. */
function since(at: number, now: number): string {
  const today = new Date(now).setHours(0, 0, 0, 0)
  if (at >= today) return clock(at)
  return at >= new Date(today - 1).setHours(0, 0, 0, 0) ? `yesterday ${clock(at)}` : shortAbsolute(at)
}

function parseVisits(json: unknown): Record<string, Visit> {
  const entries = Object.entries((json ?? {}) as Record<string, Visit>)
  return Object.fromEntries(
    entries.filter(
      ([, visit]) => typeof visit?.at === 'number' && typeof visit.cursor === 'string' && isInstant(visit.newest),
    ),
  )
}
