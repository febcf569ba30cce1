import type { ComponentChildren } from 'preact'

/** A message in place of posts, with the actions that help. */
export function Notice({ text, alert, children }: { text: string; alert?: boolean; children?: ComponentChildren }) {
  return (
    <div class="notice" role={alert ? 'alert' : undefined}>
      <p>{text}</p>
      <div>{children}</div>
    </div>
  )
}
