import { Sheet } from './Sheet.tsx'

const KEYS = [
  ['j', 'k', 'next, previous post'],
  ['Enter', 'o', 'open post'],
  ['v', 'open on X'],
  ['s', 'more like the open post'],
  ['/', 'search'],
  ['.', 'show new posts'],
  ['l', 'go back to where you were'],
  ['g h', 'go to all posts'],
  ['Esc', 'close panel, leave field'],
  ['?', 'show this list'],
]

/** The list of keyboard shortcuts. */
export function Shortcuts() {
  return (
    <Sheet label="Keyboard shortcuts">
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
