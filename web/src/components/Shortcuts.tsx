import { Sheet } from './Sheet.tsx'

const KEYS = [
  ['j', 'k', 'next, previous post'],
  ['Enter', 'o', 'open post'],
  ['v', 'open on X'],
  ['s', 'save post, or no longer'],
  ['m', 'mark as read, or unread'],
  ['r', 'related posts of the open one'],
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
