import { Component } from 'preact'
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { useApp } from '../app.ts'
import { dayHeading, localDay, whole } from '../format.ts'
import { Problem } from '../parts.ts'
import type { Page } from '../timeline.ts'
import { Notice } from './Notice.tsx'
import { PostRow } from './PostRow.tsx'
import { Skeleton } from './Skeleton.tsx'

/** Posts that the browser lays out together when they come near: one by one, the skipped ones themselves would cost too much. */
const GROUP = 10

/** The posts, newest first, under the day they were found on. */
export function Timeline() {
  const { timeline, today, filtersKey } = useApp()
  const { pages, busy, loadedKey, landing } = timeline
  useLayoutEffect(() => scrollTo(0, landing.value.scroll), [landing.value])
  const first = busy.value === 'first'
  let dayBefore = ''
  return (
    <section
      class="timeline"
      aria-label="Posts"
      aria-busy={first}
      data-stale={first && loadedKey.value !== filtersKey.value}
    >
      {timeline.keptAt.value && timeline.error.value && <Problem error={timeline.error.value} />}
      {pages.value.map((page) => {
        const under = dayBefore
        dayBefore = localDay(Date.parse(page.posts.at(-1)!.discovered_at))
        return <PageOfPosts key={page.key} page={page} under={under} today={today.value} />
      })}
      {first && loadedKey.value === undefined ? <Skeleton /> : <Tail />}
    </section>
  )
}

// Drawn again only when it changed itself: with 5,000 posts loaded, 50 more cost what 50 cost.
class PageOfPosts extends Component<{ page: Page; under: string; today: string }> {
  override shouldComponentUpdate(next: { page: Page; under: string; today: string }) {
    return next.page !== this.props.page || next.under !== this.props.under || next.today !== this.props.today
  }

  render({ page, under, today }: { page: Page; under: string; today: string }) {
    let day = under
    const rows = page.posts.map((post) => {
      const before = day
      day = localDay(Date.parse(post.discovered_at))
      const row = <PostRow key={post.status_id} post={post} />
      return day === before
        ? row
        : [
            <h2 key={day} class="day">
              {dayHeading(day, today)}
            </h2>,
            row,
          ]
    })
    return groups(rows).map((group, i) => (
      <div key={i} class="group">
        {group}
      </div>
    ))
  }
}

function groups<T>(rows: T[]): T[][] {
  return Array.from({ length: Math.ceil(rows.length / GROUP) }, (_, i) => rows.slice(i * GROUP, (i + 1) * GROUP))
}

/** What stands below the last post: what went wrong, the end, or the way to more. */
function Tail() {
  const { timeline, chips, reset } = useApp()
  const { posts, busy, ended, error, loadedKey } = timeline
  if (error.value) return timeline.keptAt.value ? null : <Problem error={error.value} />
  if (loadedKey.value !== undefined && !posts.value.length && !busy.value) {
    return chips.value.length ? (
      <Notice text={`No posts for ${chips.value.map((chip) => chip.label).join(', ')}.`}>
        <button type="button" onClick={reset}>
          Show all posts
        </button>
      </Notice>
    ) : (
      <Notice text="There are no posts yet." />
    )
  }
  if (ended.value)
    return <p class="end">{`The end: ${whole(posts.value.length)} ${posts.value.length === 1 ? 'post' : 'posts'}`}</p>
  return <More />
}

/** A real button, which presses itself before the reader gets there. */
function More() {
  const { timeline } = useApp()
  const button = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && void timeline.more(), {
      rootMargin: '1500px',
    })
    observer.observe(button.current!)
    return () => observer.disconnect()
    // Watched anew after each answer: a button that never left the margin would not be reported again.
  }, [timeline.pages.value, timeline.busy.value])
  return (
    <button
      ref={button}
      type="button"
      class="more"
      aria-disabled={timeline.busy.value === 'more'}
      onClick={() => timeline.more()}
    >
      Show more
    </button>
  )
}
