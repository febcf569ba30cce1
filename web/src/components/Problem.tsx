import { readPlace } from '../address.ts'
import type { ApiError } from '../api.ts'
import { useApp } from '../app.ts'
import { shortAbsolute } from '../format.ts'
import { Notice } from './Notice.tsx'

/** What went wrong, in a sentence, with the ways out that fit. */
export function Problem({ error }: { error: ApiError }) {
  const { timeline, reset, go, filtersKey } = useApp()
  if (error.kind === 'refused')
    return (
      <Notice alert text={`This link asks for something that does not exist: ${error.message}.`}>
        <button type="button" onClick={reset}>
          Show all posts
        </button>
      </Notice>
    )
  const { keptAt, posts, lastRead } = timeline
  const last = posts.value.length ? undefined : lastRead()
  const text = keptAt.value ? `${error.message} These posts were read ${shortAbsolute(keptAt.value)}.` : error.message
  return (
    <Notice alert text={text}>
      <button type="button" onClick={timeline.again}>
        Try again
      </button>
      {last && last.key !== filtersKey.value && (
        <button type="button" onClick={() => go(readPlace(last.key))}>
          Show what was read last
        </button>
      )}
    </Notice>
  )
}
