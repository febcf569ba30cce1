-- Counts of posts between points in time, at a cost that does not grow with the number of posts

-- migrate:up
drop function if exists public.feed_counts;

create function public.feed_counts(edges timestamptz[], tiers text[], wants_significant boolean, wants_reported boolean)
returns table (span_at timestamptz, tier text, posts bigint, significant bigint, unreported bigint)
language plpgsql
stable
set search_path = ''
-- Planning takes longer than counting.
set plan_cache_mode = 'force_generic_plan'
as $$
#variable_conflict use_column
begin
  return query
  with span as materialized (
    select *
    from public.bucket_spans(edges)
  )
  select
    found.span_at,
    found.tier,
    sum(
      case
        when wants_significant then found.significant
        when not wants_significant then found.posts - found.significant
        else found.posts
      end
    )::bigint,
    sum(case when wants_significant is distinct from false then found.significant else 0 end)::bigint,
    sum(case when wants_significant is distinct from false then found.unreported else 0 end)::bigint
  from (
    select
      span.span_at,
      bucket.tier,
      case
        when wants_reported then bucket.reported
        when not wants_reported then bucket.posts - bucket.reported
        else bucket.posts
      end as posts,
      case
        when wants_reported then bucket.significant_reported
        when not wants_reported then bucket.significant - bucket.significant_reported
        else bucket.significant
      end as significant,
      case when wants_reported then 0 else bucket.significant - bucket.significant_reported end as unreported
    from span
    -- Span by span: the planner expects a span to have much of the table, and would read all of it.
    cross join lateral (
      select
        feed_buckets.tier,
        feed_buckets.posts,
        feed_buckets.significant,
        feed_buckets.reported,
        feed_buckets.significant_reported
      from public.feed_buckets
      where
        feed_buckets.unit = span.unit
        and feed_buckets.bucket_at >= span.starts_at
        and feed_buckets.bucket_at < span.ends_at
      offset 0
    ) as bucket
    union all
    select
      span.span_at,
      coalesce(post.watch_tier, 'other'),
      1,
      post.is_significant::integer,
      (post.is_significant and post.reported_at is null)::integer
    from span
    cross join lateral (
      select
        feed_rows.watch_tier,
        feed_rows.is_significant,
        feed_rows.reported_at
      from public.feed_rows
      where
        feed_rows.discovered_at >= span.starts_at
        and feed_rows.discovered_at < span.ends_at
      offset 0
    ) as post
    where
      span.unit = 'post'
      and (wants_reported is null or wants_reported = (post.reported_at is not null))
  ) as found
  where tiers is null or found.tier = any (tiers)
  group by
    found.span_at,
    found.tier;
end
$$;

comment on function public.feed_counts is
  'Posts, significant posts and those of them without a report, per span between two edges and tier, for filters of the feed that were parsed.';

grant execute on function public.feed_counts to web_anon, ingest;

-- migrate:down
drop function public.feed_counts;
