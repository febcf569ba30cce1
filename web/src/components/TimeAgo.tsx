import { useComputed } from '@preact/signals'
import { useApp } from '../app-context.ts'
import { exactTime } from '../exact-time.ts'
import { ago } from '../format.ts'

/** How long ago, or what `format` makes of a time. With a mouse, its title is the exact one. */
export function TimeAgo({ at, format = ago }: { at: string; format?: typeof ago }) {
  const { now } = useApp()
  const time = Date.parse(at)
  const label = useComputed(() => format(time, now.value))
  return (
    <time dateTime={at} onMouseEnter={exactTime(time)}>
      {label}
    </time>
  )
}
