import type { ApiError } from '../api.ts'
import { useApp } from '../app.ts'
import { Notice } from './Notice.tsx'

/** What went wrong, in a sentence, with the way out that fits. */
export function Problem({ error, retry }: { error: ApiError; retry: () => void }) {
  const { reset } = useApp()
  const refused = error.kind === 'refused'
  return (
    <div role="alert">
      <Notice text={refused ? `This link asks for something that does not exist: ${error.message}` : error.message}>
        <button type="button" onClick={refused ? reset : retry}>
          {refused ? 'Show all posts' : 'Try again'}
        </button>
      </Notice>
    </div>
  )
}
