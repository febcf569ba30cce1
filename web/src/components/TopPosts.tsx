import { useApp } from '../app-context.ts'
import { feedArguments } from '../filters.ts'
import { capitalize, compact } from '../format.ts'
import { useLoaded } from '../use-loaded.ts'
import { Failed } from './Failed.tsx'
import { PostLinks } from './PostLinks.tsx'
import { Toggle } from './Toggle.tsx'

const MEASURES = ['likes', 'reposts', 'replies', 'views', 'growth'] as const
const SHOWN = 5

/** The posts with the most of a metric. The URL's view says which: 'top-likes', or 'top-likes-each' for one post per author. */
export function TopPosts() {
  const { api, browser, filters, place, go, timeline } = useApp()
  const { since, until } = filters.value
  const [, measure, each] = place.value.view?.split('-') ?? []
  const by = MEASURES.find((name) => name === measure) ?? 'likes'
  const { answer, error, reload } = useLoaded(async () => {
    const found = await api.top({
      ...feedArguments(filters.peek(), browser.now()),
      by,
      per_author: each ? true : undefined,
      limit: SHOWN,
    })
    return found.map((post) => ({ ...post, note: (by === 'growth' ? '+' : '') + compact(post.value) }))
  }, [by, each, timeline.loadedKey.value, timeline.checkedAt.value])
  const toggle = (label: string, on: boolean, view: string) => (
    <Toggle key={label} on={on} label={label} set={() => go({ view }, 'replace')} />
  )
  return (
    <section class="top-posts">
      <h3>Top posts{since || until ? '' : ' of the last 7 days'}</h3>
      <div class="toggles">
        {MEASURES.map((name) => toggle(capitalize(name), name === by, `top-${name}${each ? '-each' : ''}`))}
        {toggle('One per author', Boolean(each), `top-${by}${each ? '' : '-each'}`)}
      </div>
      {error ? <Failed error={error} retry={reload} /> : <PostLinks posts={answer ?? []} />}
    </section>
  )
}
