type Name = 'reply' | 'repost' | 'like' | 'view' | 'search' | 'filter' | 'close' | 'star' | 'brand' | 'saved' | 'sent'

/** A drawing of index.html, in the color and size of the surrounding text. */
export function Icon({ name }: { name: Name }) {
  return (
    <svg class={`icon ${name}`} aria-hidden="true">
      <use href={`#${name}`} />
    </svg>
  )
}
