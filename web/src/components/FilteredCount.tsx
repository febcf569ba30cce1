import { useApp } from '../app-context.ts'
import { whole } from '../format.ts'
import { postCount, stats } from '../stats.ts'

/** How many posts match the filters. */
export function FilteredCount() {
  const { chips, filtersKey } = useApp()
  const { key, numbers } = stats.value ?? {}
  if (!chips.value.length || !numbers || key !== filtersKey.value) return null
  return (
    <p class="filtered-count">
      <b>{postCount(numbers)}</b> {numbers.posts === 1 ? 'post' : 'posts'} · {whole(numbers.significant)} significant ·{' '}
      {whole(numbers.unreported)} unreported
    </p>
  )
}
