import { HOUR, localDay, startOfDay } from './dates.ts'

export type Day = { day: string; posts: number; significant: number }

/** As many dates in a row, the last one given. */
export function daysOf(last: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => localDay(startOfDay(last, i + 1 - count)))
}

/** The largest bucket whose edges the days of the reader's time zone share: half and quarter hours need smaller ones. */
export function bucketFor(dates: string[]): 'hour' | 'quarter_hour' {
  const wholeHours = [...dates, localDay(startOfDay(dates.at(-1)!, 1))].every((day) => startOfDay(day) % HOUR === 0)
  return wholeHours ? 'hour' : 'quarter_hour'
}

/** The API's buckets added up to days in the reader's time zone. */
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

/** The smallest of 1, 2, 5, 10, 20, 50, ... that is not less: the top of a scale. */
export function niceCeiling(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, value)))
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= value)!
}
