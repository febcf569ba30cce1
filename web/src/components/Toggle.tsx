import type { ComponentChildren } from 'preact'

/** A button that is on or off. */
export function Toggle({ on, label, set }: { on: boolean; label: string; set: (on: boolean) => void }) {
  return (
    <button aria-pressed={on} onClick={() => set(!on)}>
      {label}
    </button>
  )
}

/** Toggles for one thing. */
export function Choices({ legend, children }: { legend: string; children: ComponentChildren }) {
  return (
    <fieldset>
      <legend>{legend}</legend>
      <div class="toggles">{children}</div>
    </fieldset>
  )
}
