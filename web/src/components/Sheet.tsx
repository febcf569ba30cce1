import type { ComponentChildren } from 'preact'
import { useApp } from '../app-context.ts'
import { Icon } from './Icon.tsx'

/** A modal dialog. Esc, its close button, a click outside and an internal link close it; the focus returns to where it was. */
export function Sheet({ label, children }: { label: string; children: ComponentChildren }) {
  const { closeDialog } = useApp()
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the browser closes a dialog on Esc.
    <dialog
      ref={showModal}
      class="sheet"
      aria-label={label}
      onClose={closeDialog}
      onClick={({ target, currentTarget: dialog }) => {
        if (target === dialog || (target as Element).closest('a[href^="?"], .close')) dialog.close()
      }}
    >
      <div class="inside">
        <div class="sheet-bar">
          <h2>{label}</h2>
          <button class="square close" aria-label="Close">
            <Icon name="close" />
          </button>
        </div>
        {children}
      </div>
    </dialog>
  )
}

/** Closing it, rather than only removing it, returns the focus. */
function showModal(dialog: HTMLDialogElement | null) {
  dialog?.showModal()
  return () => dialog?.close()
}
