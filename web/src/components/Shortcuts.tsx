import { useApp } from '../app.ts'
import { Sheet } from './Sheet.tsx'

const KEYS = [
  ['j', 'k', 'next, previous post'],
  ['Enter', 'o', 'open the post'],
  ['v', 'open it on X'],
  ['/', 'search'],
  ['.', 'load new posts'],
  ['g h', 'all posts, from the top'],
  ['Esc', 'close, leave a field'],
  ['?', 'this list'],
]

/** The keys, shown by a button or by ?. */
export function Shortcuts() {
  const { helping } = useApp()
  return (
    <Sheet
      label="Keyboard"
      close={() => {
        helping.value = false
      }}
    >
      <dl class="keys">
        {KEYS.map((row) => (
          <div key={row[0]}>
            <dt>
              {row.slice(0, -1).map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{row.at(-1)}</dd>
          </div>
        ))}
      </dl>
    </Sheet>
  )
}
