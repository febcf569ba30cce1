import { useSignalEffect } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { useApp } from '../app.ts'
import { Icon } from './Icon.tsx'

const PAUSE = 350

/** Searches while the reader types: one step of Back for all of it, until the field is left. */
export function Search() {
  const { filters, filter } = useApp()
  const field = useRef<HTMLInputElement>(null)
  // What was last asked from here, how often since the field was entered, and the pause that is running.
  const typed = useRef({ q: '', steps: 0, timer: 0 }).current

  useSignalEffect(() => {
    const { q } = filters.value
    if (q === typed.q) return
    typed.q = q
    typed.steps = 0
    field.current!.value = q
  })

  const search = () => {
    clearTimeout(typed.timer)
    const q = field.current!.value.trim()
    if (q === typed.q) return
    typed.q = q
    filter({ q }, typed.steps++ ? 'replace' : 'push')
  }
  const leave = () => {
    search()
    typed.steps = 0
  }
  return (
    <search>
      <form
        class="search"
        onSubmit={(event) => {
          event.preventDefault()
          leave()
        }}
      >
        <Icon name="search" />
        <input
          ref={field}
          type="search"
          aria-label="Search posts"
          placeholder="Search"
          autocomplete="off"
          enterkeyhint="search"
          maxLength={200}
          onInput={() => {
            clearTimeout(typed.timer)
            typed.timer = window.setTimeout(search, PAUSE)
          }}
          onBlur={leave}
        />
      </form>
    </search>
  )
}
