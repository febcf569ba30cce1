import type { ApiError } from '../api-error.ts'
import { Notice } from './Notice.tsx'

/** Says why something could not be loaded, and tries again if that can help. */
export function Failed({ error, retry }: { error: ApiError; retry: () => unknown }) {
  return (
    <Notice alert text={error.message}>
      {error.kind !== 'refused' && <button onClick={retry}>Try again</button>}
    </Notice>
  )
}
