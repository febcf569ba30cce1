import { isDay, isInstant } from './dates.ts'
import { type Filters, presetOf } from './filters.ts'
import { capitalize, dayName, shortAbsolute } from './format.ts'

/** One entry per active filter: its label, and the filters without it. */
export function activeFilters(filters: Filters): { label: string; without: Filters }[] {
  const { tiers, handles, since, until, significant, reported, q, fold } = filters
  const active: { label: string; without: Filters }[] = [
    ...tiers.map((tier) => ({
      label: capitalize(tier),
      without: { ...filters, tiers: tiers.filter((t) => t !== tier) },
    })),
    ...handles.map((handle) => ({
      label: `@${handle}`,
      without: { ...filters, handles: handles.filter((h) => h !== handle) },
    })),
  ]
  if (since || until) active.push({ label: rangeName(since, until), without: { ...filters, since: '', until: '' } })
  if (significant) active.push({ label: 'Significant', without: { ...filters, significant: false } })
  if (reported !== undefined)
    active.push({ label: reported ? 'Reported' : 'Unreported', without: { ...filters, reported: undefined } })
  if (q) active.push({ label: `“${q}”`, without: { ...filters, q: '' } })
  if (fold) active.push({ label: 'Similar posts folded', without: { ...filters, fold: false } })
  return active
}

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
