import { useApp } from '../app-context.ts'
import { Icon } from './Icon.tsx'

/** The active filters; a click removes one. */
export function Chips() {
  const { chips, filter, reset } = useApp()
  if (!chips.value.length) return null
  return (
    <ul class="chips" aria-label="Active filters">
      {chips.value.map(({ label, without }) => (
        <li key={label}>
          <button aria-label={`Remove filter: ${label}`} onClick={() => filter(without)}>
            <bdi>{label}</bdi> <Icon name="close" />
          </button>
        </li>
      ))}
      <li>
        <button class="quiet" onClick={reset}>
          Reset
        </button>
      </li>
    </ul>
  )
}
