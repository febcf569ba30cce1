import { useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { useApp } from '../app-context.ts'
import { downloadFile } from '../download-file.ts'
import { exportKept, importKept, toggleMuted } from '../keep.ts'
import { useLoaded } from '../use-loaded.ts'
import { Failed } from './Failed.tsx'
import { Icon } from './Icon.tsx'
import { Notice } from './Notice.tsx'
import { PanelBar } from './PanelBar.tsx'
import { PostLinks } from './PostLinks.tsx'

/** What the reader keeps in this browser: saved posts, muted authors and words, and all of it as a file. */
export function Saved() {
  return (
    <>
      <PanelBar title="Saved" />
      <SavedPosts />
      <Muted />
      <Backup />
    </>
  )
}

function SavedPosts() {
  const { api, kept } = useApp()
  const ids = kept.value.saved
  const { answer: posts, error, reload } = useLoaded(() => api.posts(ids), [ids.length])
  if (error) return <Failed error={error} retry={reload} />
  if (!ids.length) return <Notice text="No saved posts yet." />
  if (!posts) return null
  const shown = ids.flatMap((id) => posts.find((post) => post.status_id === id) ?? []).reverse()
  const missing = ids.length - shown.length
  return (
    <>
      <PostLinks posts={shown} />
      {missing > 0 && <p class="moment">{`${missing} no longer in the collection.`}</p>}
    </>
  )
}

function Muted() {
  const state = useApp()
  return (
    <section class="similar" aria-labelledby="muted">
      <h3 id="muted">Muted</h3>
      <form
        class="row"
        onSubmit={(event) => {
          event.preventDefault()
          const field = event.currentTarget.elements.namedItem('mute') as HTMLInputElement
          if (!state.kept.peek().muted.includes(field.value.trim().toLowerCase())) toggleMuted(state, field.value)
          field.value = ''
        }}
      >
        <input name="mute" aria-label="Author or word to mute" placeholder="@someone or a word" maxLength={100} />
        <button>Mute</button>
      </form>
      <ul class="chips">
        {state.kept.value.muted.map((entry) => (
          <li key={entry}>
            <button aria-label={`Unmute ${entry}`} onClick={() => toggleMuted(state, entry)}>
              <bdi>{entry}</bdi> <Icon name="close" />
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Backup() {
  const state = useApp()
  const field = useRef<HTMLInputElement>(null)
  const outcome = useSignal('')
  return (
    <section class="similar" aria-labelledby="backup">
      <h3 id="backup">Another browser</h3>
      <p class="moment">Saved posts, read marks, mutes and views stay in this browser. A file takes them to another.</p>
      <p class="actions">
        <button onClick={() => downloadFile('xmonitor.json', 'application/json', exportKept(state))}>Export</button>
        <button onClick={() => field.current!.click()}>Import</button>
        <input
          ref={field}
          type="file"
          hidden
          aria-label="File to import"
          accept=".json"
          onChange={async () => {
            const [file] = field.current!.files!
            if (file) outcome.value = importKept(state, await file.text())
            field.current!.value = ''
          }}
        />
      </p>
      <p class="moment" role="status">
        {outcome}
      </p>
    </section>
  )
}
