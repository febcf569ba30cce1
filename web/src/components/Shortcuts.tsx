import { Sheet } from './Sheet.tsx'

const KEYS = {
  'j,k': 'next, previous post',
  'Enter,o': 'open post',
  v: 'open on X',
  s: 'save post, or no longer',
  m: 'mark as read, or unread',
  r: 'related posts of the open one',
  '/': 'search',
  '.': 'show new posts',
  l: 'go back to where you were',
  'g h': 'go to all posts',
  Esc: 'close panel, leave field',
  '?': 'show this list',
}

/** The list of keyboard shortcuts. */
export function Shortcuts() {
  return (
    <Sheet label="Keyboard shortcuts">
      <dl class="keys">
        {Object.entries(KEYS).map(([keys, action]) => (
          <div key={keys}>
            <dt>
              {keys.split(',').map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{action}</dd>
          </div>
        ))}
      </dl>
    </Sheet>
  )
}
