import { useApp } from '../app-context.ts'
import { countsOf, stats } from '../stats.ts'

/** How many posts match the filters. */
export function FilteredCount() {
  const { chips, filters, filtersKey } = useApp()
  const { key, numbers } = stats.value
  if (!chips.value.length || !numbers || key !== filtersKey.value) return null
  const counts = countsOf(numbers, filters.value).map(([count, name]) => `${count} ${name}`)
  return <p class="filtered-count">{counts.join(' · ')}</p>
}
