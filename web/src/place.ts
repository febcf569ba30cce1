import { isDay } from './dates.ts'
import type { Filters } from './filters.ts'

/** Where the reader is, as the query of the page's URL. */
export type Place = {
  filters: Filters
  /** The day that the timeline begins with, if that is not the newest one: a jump, not a filter. */
  at?: string | undefined
  /** What is open in the side panel. */
  post?: string | undefined
  view?: string | undefined
}

export function readPlace(search: string): Place {
  const params = new URLSearchParams(search)
  const text = (name: string) => params.get(name)?.trim() ?? ''
  const filters = {
    tiers: list(text('tier').toLowerCase()),
    handles: list(text('handle').toLowerCase().replaceAll('@', '')),
    since: text('since'),
    until: text('until'),
    significant: isTrue(text('significant')),
    reported: text('reported') ? isTrue(text('reported')) : undefined,
    q: text('q'),
    fold: text('similar') === 'fold',
  }
  const at = text('at')
  return { filters, at: isDay(at) ? at : undefined, post: text('post') || undefined, view: text('view') || undefined }
}

/** '?tier=teammate&since=24h', or '?' for the whole feed. The same filters always give the same text. */
export function writePlace({ filters, at, post, view }: Place): string {
  const params = new URLSearchParams()
  const put = (name: string, value: string | undefined) => value && params.set(name, value)
  put('tier', filters.tiers.join())
  put('handle', filters.handles.join())
  put('since', filters.since)
  put('until', filters.until)
  put('significant', filters.significant ? '1' : '')
  put('reported', filters.reported === undefined ? '' : filters.reported ? '1' : '0')
  put('q', filters.q)
  put('similar', filters.fold ? 'fold' : '')
  put('at', at)
  put('view', view)
  put('post', post)
  // A query may hold plain commas, and they read better.
  return `?${params.toString().replaceAll('%2C', ',')}`
}

const isTrue = (text: string) => ['1', 'true'].includes(text)

function list(text: string): string[] {
  return [...new Set(text.split(',').map((item) => item.trim()))].filter(Boolean)
}
