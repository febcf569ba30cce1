-- Counts of posts between points in time, at a cost that does not grow with the number of posts

-- migrate:up
drop function if exists public.feed_counts;

-- Must stay inlinable (language sql, no set), or filters that were not given would cost something for each bucket.
create function public.feed_counts(edges timestamptz[], tier text, significant text, reported text)
returns table (span_at timestamptz, watch_tier text, posts bigint, significant_posts bigint, unreported_posts bigint)
language sql
stable
as $$
  select
    counted.span_at,
    counted.watch_tier,
    case public.parse_boolean('significant', feed_counts.significant)
      when true then counted.significant
      when false then counted.posts - counted.significant
      else counted.posts
    end,
    case when public.parse_boolean('significant', feed_counts.significant) is distinct from false then counted.significant else 0 end,
    case when public.parse_boolean('significant', feed_counts.significant) is distinct from false then counted.unreported else 0 end
  from (
    select
      span.span_at,
      bucket.tier as watch_tier,
      case public.parse_boolean('reported', feed_counts.reported)
        when true then bucket.reported
        when false then bucket.posts - bucket.reported
        else bucket.posts
      end as posts,
      case public.parse_boolean('reported', feed_counts.reported)
        when true then bucket.significant_reported
        when false then bucket.significant - bucket.significant_reported
        else bucket.significant
      end as significant,
      case
        when public.parse_boolean('reported', feed_counts.reported) then 0
        else bucket.significant - bucket.significant_reported
      end as unreported
    from public.bucket_spans(feed_counts.edges) as span
    join public.feed_buckets as bucket
      on bucket.unit = span.unit
      and bucket.bucket_at >= span.starts_at
      and bucket.bucket_at < span.ends_at
    union all
    select
      span.span_at,
      coalesce(post.watch_tier, 'other'),
      1,
      post.is_significant::integer,
      (post.is_significant and post.reported_at is null)::integer
    from public.bucket_spans(feed_counts.edges) as span
    join public.feed_rows as post
      on post.discovered_at >= span.starts_at
      and post.discovered_at < span.ends_at
    where
      span.unit = 'post'
      and public.matches_reported(post.reported_at, feed_counts.reported)
  ) as counted
  where public.matches_tier(nullif(counted.watch_tier, 'other'), feed_counts.tier)
$$;

comment on function public.feed_counts is
  'Posts, significant posts and those of them without a report, per span between two edges and tier, for filters of the feed: add them up.';

grant execute on function public.feed_counts to web_anon, ingest;

-- migrate:down
drop function public.feed_counts;
