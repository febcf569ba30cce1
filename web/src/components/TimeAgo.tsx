import { useComputed } from '@preact/signals'
import { useApp } from '../app-context.ts'
import { absolute, ago } from '../format.ts'

/** How long ago, or what `format` makes of a time, with the exact one as its title. */
export function TimeAgo({ at, format = ago }: { at: string; format?: typeof ago }) {
  const { now } = useApp()
  const time = Date.parse(at)
  const label = useComputed(() => format(time, now.value))
  return (
    <time dateTime={at} title={absolute(time)}>
      {label}
    </time>
  )
}
