import { DAY, isDay, MINUTE, startOfDay } from './dates.ts'

/** What the feed is filtered by, as the page's URL has it. */
export type Filters = {
  tiers: readonly string[]
  handles: readonly string[]
  /** A preset (24h), a day in the reader's time zone (2024-04-01) or an instant (ISO 8601). */
  since: string
  /** A day, inclusive, or an instant. */
  until: string
  significant: boolean
  /** Whether there is a report; undefined for both. */
  reported: boolean | undefined
  q: string
  /** Of posts that say nearly the same, only the newest is shown in full. */
  fold: boolean
}

export const NO_FILTERS: Filters = {
  tiers: [],
  handles: [],
  since: '',
  until: '',
  significant: false,
  reported: undefined,
  q: '',
  fold: false,
}

/** The watchlist's tiers. */
export const WATCHED_TIERS = ['teammate', 'investor', 'influencer', 'ecosystem'] as const

/** With `other`, for authors who are not on the watchlist. */
export const TIERS: readonly string[] = [...WATCHED_TIERS, 'other']

/** Relative date ranges by their name in the URL. */
export const PRESETS: Record<string, { span: number; label: string }> = {
  '1h': { span: DAY / 24, label: 'Last hour' },
  '24h': { span: DAY, label: 'Last 24 hours' },
  '7d': { span: 7 * DAY, label: 'Last 7 days' },
  '30d': { span: 30 * DAY, label: 'Last 30 days' },
}

/**
 * The filters as arguments of the API, for a timeline that begins with the day `at`. Relative dates count back from the last
 * full minute, so that caches see the same URL.
 */
export function feedArguments(filters: Filters, now: number, at = '') {
  const [until, end] = [filters.until, at].map((day) => instant(day, 1, now))
  return {
    tier: filters.tiers.join() || undefined,
    handle: filters.handles.join() || undefined,
    since: instant(filters.since, 0, now),
    until: until && !(end && end < until) ? until : end,
    significant: filters.significant || undefined,
    reported: filters.reported,
    q: filters.q || undefined,
  }
}

/** The preset of this name: what else a URL holds may be the name of a property that every object has. */
export const presetOf = (name: string) => (Object.hasOwn(PRESETS, name) ? PRESETS[name] : undefined)

// Anything that is neither a preset nor a date goes to the API unchanged, which reports the invalid argument by name.
function instant(text: string, daysLater: number, now: number): string | undefined {
  const preset = presetOf(text)
  if (preset) return new Date(Math.floor(now / MINUTE) * MINUTE - preset.span).toISOString()
  if (isDay(text)) return new Date(startOfDay(text, daysLater)).toISOString()
  return text || undefined
}
