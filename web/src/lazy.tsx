import { signal } from '@preact/signals'
import type { ComponentType } from 'preact'
import { Notice } from './components/Notice.tsx'

/** A component whose code comes when it is first drawn, or earlier by `fetch()`. */
export function lazy<P extends object>(load: () => Promise<ComponentType<P>>) {
  const Loaded = signal<ComponentType<P> | undefined>()
  const failed = signal(false)
  let asked = false

  const fetch = () => {
    if (asked) return
    asked = true
    load().then(
      (component) => {
        Loaded.value = component
        failed.value = false
      },
      () => {
        failed.value = true
        asked = false
      },
    )
  }
  function Lazy(props: P) {
    if (Loaded.value) return <Loaded.value {...props} />
    if (!failed.value) {
      fetch()
      return null
    }
    // Offline, or a newer version took its place on the server.
    return (
      <Notice text="This part of the page did not load.">
        <button type="button" onClick={() => location.reload()}>
          Reload the page
        </button>
      </Notice>
    )
  }
  return Object.assign(Lazy, { fetch })
}
