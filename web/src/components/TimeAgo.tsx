import { useComputed } from '@preact/signals'
import { useApp } from '../app.ts'
import { absolute, ago } from '../format.ts'

/** A time as its distance from now, with the exact time behind it. */
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
