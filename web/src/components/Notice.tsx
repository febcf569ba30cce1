import type { ComponentChildren } from 'preact'

/** A sentence that says what is the case, and the ways out. */
export function Notice({ text, alert, children }: { text: string; alert?: boolean; children?: ComponentChildren }) {
  return (
    <div class="notice" role={alert ? 'alert' : undefined}>
      <p>{text}</p>
      <div>{children}</div>
    </div>
  )
}
