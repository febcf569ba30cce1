import { signal } from '@preact/signals'
import type { ComponentType } from 'preact'

/** A component whose code comes when it is first drawn. */
export function lazy<P extends object>(load: () => Promise<ComponentType<P>>) {
  const Loaded = signal<ComponentType<P> | undefined>()
  const failed = signal(false)
  let asked = false

  return function Lazy(props: P) {
    if (Loaded.value) return <Loaded.value {...props} />
    // Offline, or a newer version took its place on the server.
    if (failed.value)
      return (
        <p class="notice">
          This part of the page did not load.{' '}
          <button type="button" onClick={() => location.reload()}>
            Reload the page
          </button>
        </p>
      )
    if (!asked) {
      asked = true
      load().then(
        (component) => {
          Loaded.value = component
        },
        () => {
          failed.value = true
        },
      )
    }
    return null
  }
}
