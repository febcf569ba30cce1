import { useRef } from 'preact/hooks'
import { useApp } from '../app-context.ts'
import { isDay, isInstant, localDay } from '../dates.ts'
import { PRESETS, presetOf, TIERS } from '../filters.ts'
import { capitalize } from '../format.ts'
import { Choices, Toggle } from './Toggle.tsx'

/** Everything the feed can be filtered by, with tips for the search field above it. */
export function FilterForm() {
  const { filters, filter } = useApp()
  const { tiers, significant, reported, fold } = filters.value
  return (
    <>
      <details class="hint">
        <summary>Search tips</summary>
        <dl>
          <dt>zebra grant</dt>
          <dd>both words, anywhere in the text or the author</dd>
          <dt>"zebra grant"</dt>
          <dd>this exact phrase</dd>
          <dt>zebra -grant</dt>
          <dd>the first word, not the second</dd>
        </dl>
      </details>
      <Choices legend="Tier">
        {TIERS.map((tier) => (
          <Toggle
            key={tier}
            on={tiers.includes(tier)}
            label={capitalize(tier)}
            set={(on) => filter({ tiers: TIERS.filter((t) => (t === tier ? on : tiers.includes(t))) })}
          />
        ))}
      </Choices>
      <Choices legend="Show only">
        <Toggle on={significant} label="Significant" set={(on) => filter({ significant: on })} />
        <Toggle on={reported === true} label="Reported" set={(on) => filter({ reported: on ? true : undefined })} />
        <Toggle on={reported === false} label="Unreported" set={(on) => filter({ reported: on ? false : undefined })} />
      </Choices>
      <RangeFilter />
      <HandleFilter />
      <Choices legend="Similar posts">
        <Toggle on={fold} label="Fold" set={(on) => filter({ fold: on })} />
      </Choices>
    </>
  )
}

/** Adds one handle at a time, with completion from the watchlist. */
function HandleFilter() {
  const { filters, filter, watchlist } = useApp()
  const add = (field: HTMLInputElement) => {
    const handle = field.value.trim().replace(/^@/, '').toLowerCase()
    field.value = ''
    if (handle && !filters.peek().handles.includes(handle)) filter({ handles: [...filters.peek().handles, handle] })
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        add(event.currentTarget.elements.namedItem('handle') as HTMLInputElement)
      }}
    >
      <label>
        <span>Handle</span>
        <input
          name="handle"
          list="watchlist"
          placeholder="@someone"
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          maxLength={100}
          onInput={(event) => {
            // Picked from the list, not typed.
            if (event.inputType === 'insertReplacementText' || event.inputType === undefined) add(event.currentTarget)
          }}
        />
      </label>
      <datalist id="watchlist">
        {watchlist.value.map(({ handle, tier }) => (
          <option key={handle} value={`@${handle}`}>
            {capitalize(tier)}
          </option>
        ))}
      </datalist>
    </form>
  )
}

/** Relative presets, or dates; and a date to begin with, which filters nothing. */
function RangeFilter() {
  const { filters, filter, today, place, go } = useApp()
  const { since, until } = filters.value
  const day = (text: string) => (isDay(text) ? text : isInstant(text) ? localDay(Date.parse(text)) : '')
  return (
    <fieldset>
      <legend>Time</legend>
      <div class="toggles">
        <Toggle on={!since && !until} label="Any" set={() => filter({ since: '', until: '' })} />
        {Object.keys(PRESETS).map((preset) => (
          <Toggle
            key={preset}
            on={since === preset && !until}
            label={preset}
            set={(on) => filter({ since: on ? preset : '', until: '' })}
          />
        ))}
      </div>
      <div class="days">
        <DateField
          label="From"
          value={day(since)}
          max={day(until) || today.value}
          set={(since, step) => filter({ since }, step)}
        />
        <DateField
          label="To"
          value={day(until)}
          min={day(since)}
          max={today.value}
          set={(until, step) => filter({ until, since: presetOf(since) ? '' : since }, step)}
        />
        <DateField
          label="Jump to"
          value={place.value.at ?? ''}
          max={today.value}
          set={(at, step) => go({ at: at || undefined }, step)}
        />
      </div>
    </fieldset>
  )
}

type DateFieldProps = {
  label: string
  value: string
  min?: string
  max: string
  set: (day: string, step: 'push' | 'replace') => void
}

/**
 * A date that can be typed: while the year still has fewer than four digits, and while a part is empty, nothing happens.
 * All changes until the field loses focus are one history entry.
 */
function DateField({ label, value, min, max, set }: DateFieldProps) {
  const steps = useRef(0)
  return (
    <label>
      <span>{label}</span>
      <input
        type="date"
        value={value}
        min={min}
        max={max}
        onChange={({ currentTarget: field }) => {
          const complete = field.value === '' ? !field.validity.badInput : field.value >= '1000'
          if (complete && field.value !== value) set(field.value, steps.current++ ? 'replace' : 'push')
        }}
        onBlur={({ currentTarget: field }) => {
          steps.current = 0
          // Discards what is incomplete. Assigning the same value would keep it.
          if (field.value === value && !field.validity.badInput) return
          field.value = ''
          field.value = value
        }}
      />
    </label>
  )
}
