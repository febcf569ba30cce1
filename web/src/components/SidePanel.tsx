import { useApp } from '../app-context.ts'
import { Overview } from './Overview.tsx'
import { PostPanel } from './PostPanel.tsx'
import { Saved } from './Saved.tsx'

/** The open post or the overview: next to the timeline if there is room, otherwise over it. */
export function SidePanel() {
  const { post, view } = useApp().place.value
  const saved = view === 'saved'
  return (
    <aside
      class="side-panel"
      tabIndex={-1}
      data-open={Boolean(post ?? view)}
      aria-label={post ? 'Post' : saved ? 'Saved' : 'Overview'}
    >
      {post ? <PostPanel key={post} id={post} /> : saved ? <Saved /> : <Overview />}
    </aside>
  )
}
