import type { ComponentChildren } from 'preact'

/** A link out of the page. */
export function Out({ href, children, ...more }: { href: string; children: ComponentChildren; class?: string }) {
  return (
    <a {...more} href={href} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  )
}
