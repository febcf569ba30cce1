import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { useApp } from '../app-context.ts'
import { Icon } from './Icon.tsx'

/** A modal dialog. Esc, its close button, a click outside and an internal link close it; the focus returns to where it was. */
export function Sheet({ label, children }: { label: string; children: ComponentChildren }) {
  const { closeDialog } = useApp()
  const dialog = useRef<HTMLDialogElement>(null)
  useLayoutEffect(() => {
    const element = dialog.current!
    element.showModal()
    // Closing it, rather than only removing it, returns the focus.
    return () => element.close()
  }, [])
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the browser closes a dialog on Esc.
    <dialog
      ref={dialog}
      class="sheet"
      aria-label={label}
      onClose={closeDialog}
      onClick={(event) => {
        const target = event.target as Element
        if (target === dialog.current || target.closest('a[href^="?"]')) dialog.current!.close()
      }}
    >
      <div class="inside">
        <div class="sheet-bar">
          <h2>{label}</h2>
          <button type="button" class="square" aria-label="Close" onClick={() => dialog.current!.close()}>
            <Icon name="close" />
          </button>
        </div>
        {children}
      </div>
    </dialog>
  )
}
