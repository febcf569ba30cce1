import { DAY, dayName, localDay, shortAbsolute, startOfDay } from './format.ts'

/** What the feed is filtered by, as the page's URL has it. */
export type Filters = {
  tiers: readonly string[]
  handles: readonly string[]
  /** A preset (24h), a day in the reader's time zone (2024-04-01) or an instant (ISO 8601). */
  since: string
  /** A day, inclusive, or an instant. */
  until: string
  significant: boolean
  q: string
}

export const NO_FILTERS: Filters = { tiers: [], handles: [], since: '', until: '', significant: false, q: '' }

/** The watchlist's tiers, and `other` for authors who are not on it. */
export const TIERS = ['teammate', 'influencer', 'ecosystem', 'other']

/** Relative date ranges by their name in the URL. */
export const PRESETS: Record<string, { span: number; label: string }> = {
  '1h': { span: DAY / 24, label: 'Last hour' },
  '24h': { span: DAY, label: 'Last 24 hours' },
  '7d': { span: 7 * DAY, label: 'Last 7 days' },
  '30d': { span: 30 * DAY, label: 'Last 30 days' },
}

/** The filters as arguments of the API; relative dates count back from `now`. */
export function feedArguments(filters: Filters, now: number) {
  return {
    tier: filters.tiers.join() || undefined,
    handle: filters.handles.join() || undefined,
    since: instant(filters.since, 0, now),
    until: instant(filters.until, 1, now),
    significant: filters.significant || undefined,
    q: filters.q || undefined,
  }
}

/** One entry per active filter: its label, and the filters without it. */
export function activeFilters(filters: Filters): { label: string; without: Filters }[] {
  const { tiers, handles, since, until, significant, q } = filters
  const active: { label: string; without: Filters }[] = [
    ...tiers.map((tier) => ({
      label: tierName(tier),
      without: { ...filters, tiers: tiers.filter((t) => t !== tier) },
    })),
    ...handles.map((handle) => ({
      label: `@${handle}`,
      without: { ...filters, handles: handles.filter((h) => h !== handle) },
    })),
  ]
  if (since || until) active.push({ label: rangeName(since, until), without: { ...filters, since: '', until: '' } })
  if (significant) active.push({ label: 'Significant', without: { ...filters, significant: false } })
  if (q) active.push({ label: `“${q}”`, without: { ...filters, q: '' } })
  return active
}

export const tierName = (tier: string) => tier.charAt(0).toUpperCase() + tier.slice(1)

/** True for a valid date written 2024-04-01. */
export const isDay = (text: string) => /^\d{4}-\d\d-\d\d$/.test(text) && localDay(startOfDay(text)) === text

/** True for a date with a time. */
export const isInstant = (text: string) => /T/i.test(text) && !Number.isNaN(Date.parse(text))

/** The preset of this name: what else a URL holds may be the name of a property that every object has. */
export const presetOf = (name: string) => (Object.hasOwn(PRESETS, name) ? PRESETS[name] : undefined)

function rangeName(since: string, until: string): string {
  const preset = presetOf(since)
  if (preset && !until) return preset.label
  if (since === until) return momentName(since)
  if (!until) return `Since ${momentName(since)}`
  if (!since) return `Until ${momentName(until)}`
  return `${preset?.label ?? momentName(since)} – ${momentName(until)}`
}

function momentName(moment: string): string {
  if (isDay(moment)) return dayName(moment)
  return isInstant(moment) ? shortAbsolute(Date.parse(moment)) : moment
}

// Anything that is neither a preset nor a date goes to the API unchanged, which reports the invalid argument by name.
function instant(text: string, daysLater: number, now: number): string | undefined {
  const preset = presetOf(text)
  if (preset) return new Date(now - preset.span).toISOString()
  if (isDay(text)) return new Date(startOfDay(text, daysLater)).toISOString()
  return text || undefined
}
