import { useComputed } from '@preact/signals'
import type { ComponentChild } from 'preact'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import type { Post } from '../api.ts'
import { useApp } from '../app-context.ts'
import { localDay } from '../dates.ts'
import { counted, dayHeading, dayName, whole } from '../format.ts'
import { DayStrip, LoadError } from '../lazy-parts.tsx'
import { scrollToAnchor } from '../scroll-anchor.ts'
import type { Page } from '../timeline-cache.ts'
import { Notice } from './Notice.tsx'
import { PostRow } from './PostRow.tsx'
import { Skeleton } from './Skeleton.tsx'

/** Posts that the browser lays out together when they come near; skipping each post by itself costs too much. */
const GROUP = 10
/** Posts that fill the first screen, which are painted before the others are rendered, are at least this high on average. */
const POST_HEIGHT = 150

/** The posts, newest first, under the day they were discovered. */
export function Timeline() {
  const { timeline, timelineKey, filtersKey, place, firstPaintDone } = useApp()
  const { pages, loading, loadedKey, scrollTarget } = timeline
  const target = scrollTarget.value
  useLayoutEffect(() => {
    if (target?.anchor) scrollToAnchor(target.anchor)
    else if (target) scrollTo(0, 0)
  }, [target])
  const first = loading.value === 'first'
  const complete = firstPaintDone.value || target?.anchor !== undefined
  let dayBefore = ''
  return (
    <section
      class="timeline"
      aria-label="Posts"
      aria-busy={first}
      data-stale={first && loadedKey.value !== timelineKey.value}
    >
      {place.value.at && (
        <p class="jumped">
          {dayName(place.value.at)} and earlier{' '}
          <a class="button" href={filtersKey.value}>
            Newest posts
          </a>
        </p>
      )}
      {timeline.cachedAt.value && timeline.error.value && <LoadError error={timeline.error.value} />}
      {pages.value.map((page) => {
        const under = dayBefore
        dayBefore = localDay(Date.parse(page.posts.at(-1)!.discovered_at))
        return (
          <PageOfPosts
            key={page.key}
            page={page}
            count={complete ? Infinity : Math.ceil(innerHeight / POST_HEIGHT)}
            under={under}
          />
        )
      })}
      {first && loadedKey.value === undefined ? <Skeleton /> : (complete || !pages.value.length) && <TimelineEnd />}
    </section>
  )
}

// Reads a signal, so it renders again only if that or a prop changed: 50 more posts cost the same with 5,000 loaded.
function PageOfPosts({ page, count, under }: { page: Page; count: number; under: string }) {
  const { today } = useApp()
  const parts: ComponentChild[] = []
  let group: Post[] = []
  let day = under
  const endGroup = () => {
    if (group.length) parts.push(<Group key={group[0]!.status_id} posts={group} />)
    group = []
  }
  for (const post of page.posts.slice(0, count)) {
    const before = day
    day = localDay(Date.parse(post.discovered_at))
    if (day !== before || group.length === GROUP) endGroup()
    if (day !== before) parts.push(<DayHeading key={day} day={day} today={today.value} />)
    group.push(post)
  }
  endGroup()
  return <>{parts}</>
}

function Group({ posts }: { posts: Post[] }) {
  return (
    <div class="group" style={{ '--posts': posts.length }}>
      {posts.map((post) => (
        <PostRow key={post.status_id} post={post} />
      ))}
    </div>
  )
}

/** The day, and how many posts it has, and when, once all of them are loaded. */
function DayHeading({ day, today }: { day: string; today: string }) {
  const { days } = useApp()
  const found = useComputed(() => days.value.get(day))
  const counts = found.value
  return (
    <h2 class="day">
      {dayHeading(day, today)} {counts && <small>{counted(counts.posts)}</small>}
      {counts && <DayStrip counts={counts} />}
    </h2>
  )
}

/** Below the last post: an error, the end of the feed, or a button for more. */
function TimelineEnd() {
  const { timeline, chips, reset, isMuted } = useApp()
  const { posts, loading, ended, error, loadedKey } = timeline
  if (error.value) return timeline.cachedAt.value ? null : <LoadError error={error.value} />
  if (loadedKey.value !== undefined && !posts.value.length && !loading.value) {
    return chips.value.length ? (
      <Notice text={`No posts match ${chips.value.map((chip) => chip.label).join(', ')}.`}>
        <button onClick={reset}>Show all posts</button>
      </Notice>
    ) : (
      <Notice text="No posts yet." />
    )
  }
  if (ended.value) {
    const { length } = posts.value
    const muted = posts.value.filter(isMuted.value).length
    return (
      <p class="end">
        {`End of feed: ${counted(length)}`}
        {muted > 0 && <a href="?view=saved">{`, ${whole(muted)} muted`}</a>}
      </p>
    )
  }
  return <LoadMore />
}

/** A button that presses itself before the reader reaches it. */
function LoadMore() {
  const { timeline } = useApp()
  const button = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    // A busy browser reports several positions at once: the last one counts.
    const observer = new IntersectionObserver((entries) => entries.at(-1)!.isIntersecting && void timeline.more(), {
      rootMargin: '1500px',
    })
    observer.observe(button.current!)
    return () => observer.disconnect()
    // Observed again after each response: a button that never left the margin would not be reported twice.
  }, [timeline.pages.value, timeline.loading.value])
  return (
    <button
      ref={button}
      type="button"
      class="more"
      aria-disabled={timeline.loading.value === 'more'}
      onClick={() => timeline.more()}
    >
      Show more
    </button>
  )
}
