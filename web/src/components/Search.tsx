import { useSignal, useSignalEffect } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { useApp } from '../app.ts'
import { Icon } from './Icon.tsx'

const PAUSE = 350

/** Searches while the reader types; one step of Back for a whole word. */
export function Search() {
  const { filters, filter } = useApp()
  const field = useRef<HTMLInputElement>(null)
  const timer = useSignal(0)
  const typing = useSignal(false)

  useSignalEffect(() => {
    const { q } = filters.value
    if (field.current && !typing.peek()) field.current.value = q
  })

  const search = (done: boolean) => {
    clearTimeout(timer.peek())
    const q = field.current!.value.trim()
    if (q !== filters.peek().q) filter({ q }, typing.peek() ? 'replace' : 'push')
    typing.value = !done
  }
  return (
    <search>
      <form
        class="search"
        onSubmit={(event) => {
          event.preventDefault()
          search(true)
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
            clearTimeout(timer.peek())
            timer.value = window.setTimeout(search, PAUSE, false)
          }}
          onBlur={() => search(true)}
        />
      </form>
    </search>
  )
}
