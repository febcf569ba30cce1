import { useApp } from '../app.ts'
import { Overview } from './Overview.tsx'
import { PostPanel } from './PostPanel.tsx'

/** Beside the timeline where there is room, else over it: the open post, or the overview. */
export function Beside() {
  const { post } = useApp().place.value
  return (
    <aside class="beside" aria-label={post ? 'Post' : 'Overview'}>
      {post ? <PostPanel key={post} id={post} /> : <Overview />}
    </aside>
  )
}
