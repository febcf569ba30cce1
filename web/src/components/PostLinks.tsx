import type { PostInShort } from '../api.ts'
import { decodeEntities } from '../entities.ts'
import { TimeAgo } from './TimeAgo.tsx'

/** Posts in short, as links that open them. */
export function PostLinks({ posts }: { posts: readonly PostInShort[] }) {
  return (
    <ul class="post-links">
      {posts.map(({ status_id: id, author_handle, discovered_at, body_text }) => (
        <li key={id}>
          <a href={`?post=${encodeURIComponent(id)}`}>
            <span class="by">
              <bdi>@{author_handle}</bdi> <TimeAgo at={discovered_at} />
            </span>
            <span class="excerpt" dir="auto">
              {decodeEntities(body_text ?? '')}
            </span>
          </a>
        </li>
      ))}
    </ul>
  )
}
