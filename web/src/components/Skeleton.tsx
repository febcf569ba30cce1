/** Placeholders for posts, on the first load only. */
export function Skeleton() {
  return (
    <div class="skeletons" aria-hidden="true">
      {[3, 2, 4, 1, 3, 2].map((lines, i) => (
        <div key={i} class="skeleton">
          <i />
          {Array.from({ length: lines }, (_, line) => (
            <b key={line} />
          ))}
        </div>
      ))}
    </div>
  )
}
