import { PAGE_SIZE } from '../api-url.ts'
import { useApp } from '../app-context.ts'

/** The reader's views, each with how many posts are new there since the last visit. */
export function Tabs() {
  const { views, filtersKey, newCounts } = useApp()
  if (!views.value.length) return null
  return (
    <nav class="tabs" aria-label="Views">
      {[{ name: 'All', key: '?' }, ...views.value].map(({ name, key }) => {
        const count = newCounts.value.get(key)
        return (
          <a key={key} href={key} aria-current={key === filtersKey.value ? 'true' : undefined}>
            <bdi>{name}</bdi>
            {count ? (
              <small>
                {count < PAGE_SIZE ? count : `${PAGE_SIZE}+`} <span class="visually-hidden">new</span>
              </small>
            ) : null}
          </a>
        )
      })}
    </nav>
  )
}
