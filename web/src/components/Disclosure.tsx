import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'

type Props = { label: string; class: string; children: ComponentChildren }

/** A button that shows what follows it, or hides it again. */
export function Disclosure({ label, class: name, children }: Props) {
  const open = useSignal(false)
  return (
    <>
      <button
        class={name}
        aria-expanded={open.value}
        onClick={() => {
          open.value = !open.value
        }}
      >
        {label}
      </button>
      {open.value && children}
    </>
  )
}
