// Drawn on a 16 by 16 grid, in the color and size of the surrounding text.
const PATHS = {
  reply: 'M6.5 3 2.5 7l4 4M3 7h6.5a4 4 0 0 1 4 4v2',
  repost: 'M3 9V6.5a2 2 0 0 1 2-2h7.5M10.5 2.5l2 2-2 2M13 7v2.5a2 2 0 0 1-2 2H3.5M5.5 13.5l-2-2 2-2',
  like: 'M8 13.3S2.3 10 2.3 6.3A2.9 2.9 0 0 1 8 5.2a2.9 2.9 0 0 1 5.7 1.1C13.7 10 8 13.3 8 13.3Z',
  view: 'M1.5 8S4 3.7 8 3.7 14.5 8 14.5 8 12 12.3 8 12.3 1.5 8 1.5 8ZM8 9.7a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.4Z',
  search: 'M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9ZM10.3 10.3 14 14',
  filter: 'M2 4.5h12M4.5 8h7M7 11.5h2',
  close: 'M4 4l8 8M12 4l-8 8',
  star: 'M8 2.2l1.7 3.7 4 .5-3 2.7.8 4L8 11.1l-3.5 2 .8-4-3-2.7 4-.5Z',
  brand: 'M2 4h12M2 8h6.5M2 12h9M12.2 8h.1',
  saved: 'M4.5 2.5h7v11L8 10.7l-3.5 2.8Z',
  sent: 'M2.5 8.5l3.5 3.5 7.5-8',
}

export function Icon({ name }: { name: keyof typeof PATHS }) {
  return (
    <svg class={`icon ${name}`} viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  )
}
