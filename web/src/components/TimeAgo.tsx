import { useComputed } from '@preact/signals'
import { useApp } from '../app-context.ts'
import { absolute, ago } from '../format.ts'

/** A relative time, with the exact one as its title. */
export function TimeAgo({ at }: { at: string }) {
  const { now } = useApp()
  const time = Date.parse(at)
  const label = useComputed(() => ago(time, now.value))
  return (
    <time dateTime={at} title={absolute(time)}>
      {label}
    </time>
  )
}
