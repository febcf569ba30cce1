import { useApp } from '../app-context.ts'
import { countOf, stats } from '../stats.ts'

/** How many posts match the filters. */
export function FilteredCount() {
  const { chips, filtersKey } = useApp()
  const { key, numbers } = stats.value ?? {}
  if (!chips.value.length || !numbers || key !== filtersKey.value) return null
  return (
    <p class="filtered-count">
      <b>{countOf(numbers, 'posts')}</b> {numbers.posts === 1 ? 'post' : 'posts'} · {countOf(numbers, 'significant')}{' '}
      significant · {countOf(numbers, 'unreported')} unreported
    </p>
  )
}
