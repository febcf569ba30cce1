import { DAY, dayName, localDay, shortAbsolute, startOfDay } from './format.ts'

/** What the timeline is narrowed to, as the page's address says it. */
export type Filters = {
  tiers: readonly string[]
  handles: readonly string[]
  /** A preset (24h), a day of the reader's zone (2024-04-01) or an instant (ISO 8601). */
  since: string
  /** A day, which is included, or an instant. */
  until: string
  significant: boolean
  q: string
}

export const NO_FILTERS: Filters = { tiers: [], handles: [], since: '', until: '', significant: false, q: '' }

/** The tiers of the watchlist, and `other` for authors on none. */
export const TIERS = ['teammate', 'influencer', 'ecosystem', 'other']

/** The relative date ranges, by their name in the address. */
export const PRESETS: Record<string, { span: number; label: string }> = {
  '1h': { span: DAY / 24, label: 'Last hour' },
  '24h': { span: DAY, label: 'Last 24 hours' },
  '7d': { span: 7 * DAY, label: 'Last 7 days' },
  '30d': { span: 30 * DAY, label: 'Last 30 days' },
}

/** Where the page is: the filters, and what is open beside the timeline. */
export type Place = { filters: Filters; post?: string | undefined; view?: string | undefined }

export function readPlace(search: string): Place {
  const params = new URLSearchParams(search)
  const text = (name: string) => params.get(name)?.trim() ?? ''
  const filters = {
    tiers: list(text('tier').toLowerCase()),
    handles: list(text('handle').toLowerCase().replaceAll('@', '')),
    since: text('since'),
    until: text('until'),
    significant: ['1', 'true'].includes(text('significant')),
    q: text('q'),
  }
  return { filters, post: text('post') || undefined, view: text('view') || undefined }
}

/** '?tier=teammate&since=24h', or '?' for the plain timeline. The same filters give the same text. */
export function writePlace({ filters, post, view }: Place): string {
  const params = new URLSearchParams()
  const put = (name: string, value: string | undefined) => value && params.set(name, value)
  put('tier', filters.tiers.join())
  put('handle', filters.handles.join())
  put('since', filters.since)
  put('until', filters.until)
  put('significant', filters.significant ? '1' : '')
  put('q', filters.q)
  put('view', view)
  put('post', post)
  // Commas are no separators of a query: kept readable.
  return `?${params.toString().replaceAll('%2C', ',')}`
}

/** The filters as the API's arguments, with the relative ones counted back from `now`. */
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

/** One entry per active filter: how it reads, and the filters without it. */
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

/** True for a day that exists, written 2024-04-01. */
export const isDay = (text: string) => /^\d{4}-\d\d-\d\d$/.test(text) && localDay(startOfDay(text)) === text

/** True for a moment within a day; a day that does not exist is none, whatever Date makes of it. */
export const isInstant = (text: string) => /T/i.test(text) && !Number.isNaN(Date.parse(text))

function rangeName(since: string, until: string): string {
  const preset = PRESETS[since]
  if (preset && !until) return preset.label
  if (since === until) return name(since)
  if (!until) return `Since ${name(since)}`
  if (!since) return `Until ${name(until)}`
  return `${preset?.label ?? name(since)} – ${name(until)}`
}

function name(moment: string): string {
  if (isDay(moment)) return dayName(moment)
  return isInstant(moment) ? shortAbsolute(Date.parse(moment)) : moment
}

// What is neither a preset nor a day goes to the API as it is: it knows dates, and says which argument is wrong.
function instant(text: string, daysLater: number, now: number): string | undefined {
  const preset = PRESETS[text]
  if (preset) return new Date(now - preset.span).toISOString()
  if (isDay(text)) return new Date(startOfDay(text, daysLater)).toISOString()
  return text || undefined
}

function list(text: string): string[] {
  return [...new Set(text.split(',').map((item) => item.trim()))].filter(Boolean)
}
