import type { PostInShort } from '../api.ts'
import { decodeEntities } from '../entities.ts'
import { postLink } from '../links.ts'
import { TimeAgo } from './TimeAgo.tsx'

/** Posts in short, as links that open them, with a note on each. */
export function PostLinks({ posts }: { posts: readonly (PostInShort & { note?: string })[] }) {
  return (
    <ul class="post-links">
      {posts.map(({ status_id: id, author_handle, discovered_at, body_text, note }) => (
        <li key={id}>
          <a href={postLink(id)}>
            <span class="by">
              <bdi>@{author_handle}</bdi> <TimeAgo at={discovered_at} /> <b>{note}</b>
            </span>
            <span class="excerpt" dir="auto">
              {decodeEntities(body_text)}
            </span>
          </a>
        </li>
      ))}
    </ul>
  )
}
