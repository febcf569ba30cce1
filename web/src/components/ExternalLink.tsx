import type { ComponentChildren } from 'preact'

/** A link to another site, which opens in a new tab. */
export function ExternalLink({
  href,
  children,
  ...more
}: {
  href: string
  children: ComponentChildren
  class?: string
}) {
  return (
    <a {...more} href={href} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  )
}
