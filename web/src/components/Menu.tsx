import { useSignal } from '@preact/signals'
import { useApp } from '../app-context.ts'
import { appearance, CHOICES, type Choice, choose } from '../appearance.ts'
import { downloadCsv } from '../csv.ts'
import { capitalize } from '../format.ts'
import { fitsSidePanel } from '../screen.ts'
import { access, signOut } from '../sign-in.ts'
import { CopyButton } from './CopyButton.tsx'
import { Disclosure } from './Disclosure.tsx'
import { SavedViews } from './SavedViews.tsx'
import { Choices, Toggle } from './Toggle.tsx'

/** Below the filters: the saved view, links to the rest of the page, how it looks. */
export function Menu() {
  const state = useApp()
  const csv = useSignal('')
  return (
    <>
      <SavedViews />
      <nav class="menu" aria-label="More">
        {!fitsSidePanel.value && <a href="?view=overview">Overview</a>}
        <a href="?view=saved">Saved and muted</a>
        <Subscribe />
        <button
          class="link"
          onClick={async () => {
            csv.value = await downloadCsv(state)
          }}
        >
          Download as CSV
        </button>
        <p class="moment" role="status">
          {csv}
        </p>
        <button class="link" onClick={() => state.openDialog('shortcuts')}>
          Keyboard shortcuts
        </button>
        {access.value.token && (
          <button class="link" onClick={signOut}>
            Sign out
          </button>
        )}
      </nav>
      {(Object.keys(CHOICES) as Choice[]).map((name) => (
        <Choices key={name} legend={capitalize(name)}>
          {CHOICES[name].map((value) => (
            <Toggle
              key={value}
              on={appearance[name].value === value}
              label={capitalize(value)}
              set={() => choose(name, value)}
            />
          ))}
        </Choices>
      ))}
    </>
  )
}

/** The current filters as Atom feeds: each post, or each day of the reader's time zone. */
function Subscribe() {
  const { api, filters } = useApp()
  const { token, atom } = access.value
  const posts = api.atomUrl(filters.value, atom)
  const days = new URL(posts.replace('feed_atom', 'digest_atom'))
  days.searchParams.set('zone', Intl.DateTimeFormat().resolvedOptions().timeZone)
  const feeds = { 'Atom feed URL for these filters': posts, 'One entry per day': days.href }
  return (
    <Disclosure class="link" label="Subscribe">
      {Object.entries(feeds).map(([name, url]) => (
        <div key={name} class="feed-url">
          <label>
            <span>{name}</span>
            <input readOnly value={url} onFocus={(event) => event.currentTarget.select()} />
          </label>
          <CopyButton text={url} label="Copy feed URL" />
        </div>
      ))}
      {token && (
        <small>
          {atom
            ? 'Whoever has these addresses can read the feed.'
            : 'Feed readers need a token in these addresses. Ask for a link that has one.'}
        </small>
      )}
    </Disclosure>
  )
}
