import { signal } from '@preact/signals'
import type { ComponentType } from 'preact'

/** A component whose code is loaded when it is first rendered. */
export function lazy<P extends object>(load: () => Promise<ComponentType<P>>) {
  const Loaded = signal<ComponentType<P> | undefined>()
  const failed = signal(false)
  let requested = false

  return function Lazy(props: P) {
    if (Loaded.value) return <Loaded.value {...props} />
    // Offline, or a newer version replaced the file on the server.
    if (failed.value)
      return (
        <p class="notice">
          This part of the page could not be loaded.{' '}
          <button type="button" onClick={() => location.reload()}>
            Reload the page
          </button>
        </p>
      )
    if (!requested) {
      requested = true
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
