import { useComputed } from '@preact/signals'
import { Component, type ComponentChild } from 'preact'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import type { Post } from '../api.ts'
import { useApp } from '../app-context.ts'
import { localDay } from '../dates.ts'
import { dayHeading, whole } from '../format.ts'
import { LoadError } from '../lazy-parts.ts'
import { scrollToAnchor } from '../scroll-anchor.ts'
import type { Page } from '../timeline-cache.ts'
import { Notice } from './Notice.tsx'
import { PostRow } from './PostRow.tsx'
import { Skeleton } from './Skeleton.tsx'

/** Posts that the browser lays out together when they come near; skipping each post by itself costs too much. */
const GROUP = 10

/** The posts, newest first, under the day they were discovered. */
export function Timeline() {
  const { timeline, today, filtersKey } = useApp()
  const { pages, loading, loadedKey, scrollTarget } = timeline
  useLayoutEffect(() => {
    const { anchor } = scrollTarget.value
    if (anchor) scrollToAnchor(anchor)
    else scrollTo(0, 0)
  }, [scrollTarget.value])
  const first = loading.value === 'first'
  let dayBefore = ''
  return (
    <section
      class="timeline"
      aria-label="Posts"
      aria-busy={first}
      data-stale={first && loadedKey.value !== filtersKey.value}
    >
      {timeline.cachedAt.value && timeline.error.value && <LoadError error={timeline.error.value} />}
      {pages.value.map((page) => {
        const under = dayBefore
        dayBefore = localDay(Date.parse(page.posts.at(-1)!.discovered_at))
        return <PageOfPosts key={page.key} page={page} under={under} today={today.value} />
      })}
      {first && loadedKey.value === undefined ? <Skeleton /> : <TimelineEnd />}
    </section>
  )
}

// Renders again only if it changed: 50 more posts cost the same with 5,000 loaded.
class PageOfPosts extends Component<{ page: Page; under: string; today: string }> {
  override shouldComponentUpdate(next: { page: Page; under: string; today: string }) {
    return next.page !== this.props.page || next.under !== this.props.under || next.today !== this.props.today
  }

  render({ page, under, today }: { page: Page; under: string; today: string }) {
    const parts: ComponentChild[] = []
    let group: Post[] = []
    let day = under
    const endGroup = () => {
      if (group.length) parts.push(<Group key={group[0]!.status_id} posts={group} />)
      group = []
    }
    for (const post of page.posts) {
      const before = day
      day = localDay(Date.parse(post.discovered_at))
      if (day !== before || group.length === GROUP) endGroup()
      if (day !== before) parts.push(<DayHeading key={day} day={day} today={today} />)
      group.push(post)
    }
    endGroup()
    return parts
  }
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

/** The day, and how many posts it has once all of them are loaded. */
function DayHeading({ day, today }: { day: string; today: string }) {
  const { days } = useApp()
  const count = useComputed(() => days.value.get(day))
  return (
    <h2 class="day">
      {dayHeading(day, today)}{' '}
      {count.value && <small>{count.value === 1 ? '1 post' : `${whole(count.value)} posts`}</small>}
    </h2>
  )
}

/** Below the last post: an error, the end of the feed, or a button for more. */
function TimelineEnd() {
  const { timeline, chips, reset } = useApp()
  const { posts, loading, ended, error, loadedKey } = timeline
  if (error.value) return timeline.cachedAt.value ? null : <LoadError error={error.value} />
  if (loadedKey.value !== undefined && !posts.value.length && !loading.value) {
    return chips.value.length ? (
      <Notice text={`No posts match ${chips.value.map((chip) => chip.label).join(', ')}.`}>
        <button type="button" onClick={reset}>
          Show all posts
        </button>
      </Notice>
    ) : (
      <Notice text="No posts yet." />
    )
  }
  if (ended.value)
    return (
      <p class="end">{`End of feed: ${whole(posts.value.length)} ${posts.value.length === 1 ? 'post' : 'posts'}`}</p>
    )
  return <LoadMore />
}

/** A button that presses itself before the reader reaches it. */
function LoadMore() {
  const { timeline } = useApp()
  const button = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && void timeline.more(), {
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
