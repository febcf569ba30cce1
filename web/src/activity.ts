import { localDay, startOfDay } from './dates.ts'

export type Day = { day: string; posts: number; significant: number }

/** As many dates in a row, the last one given. */
export function daysOf(last: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => localDay(startOfDay(last, i + 1 - count)))
}

/** The API's counts, which are per tier, added up to days. */
export function perDay(dates: string[], rows: { bucket_at: string; posts: number; significant: number }[]): Day[] {
  const days = new Map(dates.map((day) => [day, { day, posts: 0, significant: 0 }]))
  for (const { bucket_at, posts, significant } of rows) {
    const day = days.get(localDay(Date.parse(bucket_at)))
    if (!day) continue
    day.posts += posts
    day.significant += significant
  }
  return [...days.values()]
}
