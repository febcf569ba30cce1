import type { ApiError } from '../api-error.ts'
import { useApp } from '../app-context.ts'
import { shortAbsolute } from '../format.ts'
import { readPlace } from '../place.ts'
import { Notice } from './Notice.tsx'
import { SignIn } from './SignIn.tsx'

/** Says what went wrong, and offers what helps. */
export function LoadError({ error }: { error: ApiError }) {
  const { timeline, reset, go, timelineKey } = useApp()
  if (error.kind === 'private') return <SignIn message={error.message} />
  if (error.kind === 'refused')
    return (
      <Notice alert text={`This link isn’t valid: ${error.message}.`}>
        <button onClick={reset}>Show all posts</button>
      </Notice>
    )
  const { cachedAt, posts, lastPosts } = timeline
  const last = posts.value.length ? undefined : lastPosts()
  const text = cachedAt.value
    ? `${error.message} These posts were loaded ${shortAbsolute(cachedAt.value)}.`
    : error.message
  return (
    <Notice alert text={text}>
      <button onClick={timeline.retry}>Try again</button>
      {last && last.key !== timelineKey.value && (
        <button onClick={() => go(readPlace(last.key))}>Show last loaded posts</button>
      )}
    </Notice>
  )
}
