import type { Database } from './database.ts'

/** The buckets of public.post_buckets, added up, that differ from the posts as they are counted one by one. */
export function wrongCounts(db: Database): Promise<object[]> {
  return db.query(`
    with
      kept as (
        select
          unit, bucket_at, tier, sum(posts) as posts, sum(significant) as significant, sum(reported) as reported,
          sum(significant_reported) as significant_reported, max(max_likes) as likes, max(max_views) as views, max(max_growth) as growth
        from public.post_buckets
        group by 1, 2, 3
        having (sum(posts), sum(significant), sum(reported), sum(significant_reported)) <> (0, 0, 0, 0)
      ),
      counted as (
        select
          unit, date_bin(width, discovered_at, '2000-01-01T00:00:00Z') as bucket_at, coalesce(watch_tier, 'other') as tier,
          count(*) as posts, count(*) filter (where is_significant) as significant, count(report.status_id) as reported,
          count(report.status_id) filter (where is_significant) as significant_reported, max(likes) as likes, max(views) as views,
          max(greatest(0, likes::double precision + reposts + replies - coalesce(initial_likes::double precision + initial_reposts + initial_replies, 0))) as growth
        from public.posts
        left join public.reports as report using (status_id)
        cross join public.bucket_units()
        group by 1, 2, 3
      )
    select *
    from kept
    full join counted using (unit, bucket_at, tier)
    where
      (kept.posts, kept.significant, kept.reported, kept.significant_reported)
        is distinct from (counted.posts, counted.significant, counted.reported, counted.significant_reported)
      -- The most of a metric may be out of date, but never too little.
      or kept.likes < counted.likes or kept.views < counted.views or kept.growth < counted.growth`)
}
