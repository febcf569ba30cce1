import { useLayoutEffect, useRef } from 'preact/hooks'
import { useApp } from '../app-context.ts'
import { isShort, searchTerms } from '../search-terms.ts'
import { Icon } from './Icon.tsx'

const PAUSE = 350

/** Searches while the reader types, in one history entry until the field loses focus. */
export function Search() {
  const { filters, filter } = useApp()
  const field = useRef<HTMLInputElement>(null)
  // The last search from this field, the number of searches since it got the focus, and the running timer.
  const typed = useRef({ q: '', steps: 0, timer: 0 }).current

  const { q } = filters.value
  useLayoutEffect(() => {
    if (q === typed.q) return
    typed.q = q
    typed.steps = 0
    field.current!.value = q
  }, [q])

  const search = () => {
    clearTimeout(typed.timer)
    const q = field.current!.value.trim()
    if (q === typed.q) return
    typed.q = q
    filter({ q }, typed.steps++ ? 'replace' : 'push')
  }
  const finish = () => {
    search()
    typed.steps = 0
  }
  return (
    <search>
      <form
        class="search"
        onSubmit={(event) => {
          event.preventDefault()
          finish()
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
          onBlur={finish}
        />
      </form>
      {searchTerms(q).some(isShort) && (
        <p class="search-hint" role="status">
          Fewer than 3 letters: matches where words begin.
        </p>
      )}
    </search>
  )
}
