import type { ComponentChildren } from 'preact'

/** A sentence that says what is the case, and a way out. */
export function Notice({ text, children }: { text: string; children?: ComponentChildren }) {
  return (
    <div class="notice">
      <p>{text}</p>
      {children}
    </div>
  )
}
