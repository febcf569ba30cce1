import { useApp } from '../app-context.ts'
import { Overview } from './Overview.tsx'
import { PostPanel } from './PostPanel.tsx'

/** The open post or the overview: next to the timeline if there is room, otherwise over it. */
export function SidePanel() {
  const { post, view } = useApp().place.value
  return (
    <aside
      class="side-panel"
      tabIndex={-1}
      data-open={post !== undefined || view !== undefined}
      aria-label={post ? 'Post' : 'Overview'}
    >
      {post ? <PostPanel key={post} id={post} /> : <Overview />}
    </aside>
  )
}
