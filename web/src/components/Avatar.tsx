/** The author's initials in the color of the tier, in place of a face. */
export function Avatar({ name, tier }: { name: string; tier: string | null }) {
  const initials = (name.match(/[\p{L}\p{N}]+/gu) ?? []).slice(0, 2).map((word) => [...word][0])
  return (
    <span class={`avatar ${tier ?? 'other'}`} aria-hidden="true">
      {initials.join('').toUpperCase()}
    </span>
  )
}
