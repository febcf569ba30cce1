-- Keeps public.post_buckets: https://www.postgresql.org/docs/current/plpgsql-trigger.html#PLPGSQL-TRIGGER-AUDIT-TRANSITION-EXAMPLE

-- migrate:up
create or replace function public.count_posts()
returns trigger
language plpgsql
set search_path = ''
as $$
declare
  -- The posts that count from now on, and those that no longer do.
  added constant text :=
    'select *, 1 as posts,
      public.growth_limit(
        likes, reposts, replies, likes_24h, reposts_24h, replies_24h, initial_likes, initial_reposts, initial_replies
      ) as growth
    from new_rows';
  removed constant text := 'select *, -1 as posts, null::double precision as growth from old_rows';
  changes constant text := case tg_table_name || ' ' || tg_op
    -- A post is inserted before its report.
    when 'posts INSERT' then format('select *, 0 as reported from (%s) as post', added)
    -- And deleted after it: see public.delete_report.
    when 'posts DELETE' then format('select *, 0 as reported from (%s) as post', removed)
    when 'posts UPDATE' then format(
      'select post.*, case when report.status_id is null then 0 else posts end as reported
      from (%s union all %s) as post
      left join public.reports as report using (status_id)',
      added,
      removed
    )
    -- Locked, in the order of ingest: a post that another transaction is moving to another bucket has to arrive there first.
    when 'reports INSERT' then
      'select post.*, 0 as posts, 1 as reported, null::double precision as growth
      from new_rows join public.posts as post using (status_id)
      order by status_id
      for share of post'
    when 'reports DELETE' then
      'select post.*, 0 as posts, -1 as reported, null::double precision as growth
      from old_rows join public.posts as post using (status_id)
      order by status_id
      for share of post'
  end;
  changed bigint;
begin
  if tg_op = 'TRUNCATE' then
    if tg_table_name = 'posts' then
      delete from public.post_buckets;
    else
      update public.post_buckets
      set
        reported = 0,
        significant_reported = 0;
    end if;
    return null;
  end if;

  execute format(
    $insert$
      insert into public.post_buckets (
        unit, bucket_at, tier, posts, significant, reported, significant_reported,
        max_likes, max_reposts, max_replies, max_views, max_growth
      )
      select
        change.unit,
        change.bucket_at,
        change.tier,
        change.posts,
        change.significant,
        change.reported,
        change.significant_reported,
        change.likes,
        change.reposts,
        change.replies,
        change.views,
        change.growth
      from (
        select
          bucket.unit,
          date_bin(bucket.width, discovered_at, '2000-01-01T00:00:00Z') as bucket_at,
          coalesce(watch_tier, 'other') as tier,
          sum(posts) as posts,
          coalesce(sum(posts) filter (where is_significant), 0) as significant,
          sum(reported) as reported,
          coalesce(sum(reported) filter (where is_significant), 0) as significant_reported,
          max(likes) filter (where posts > 0) as likes,
          max(reposts) filter (where posts > 0) as reposts,
          max(replies) filter (where posts > 0) as replies,
          max(views) filter (where posts > 0) as views,
          max(growth) as growth
        from (%s) as post
        cross join public.bucket_units() as bucket
        group by 1, 2, 3
      ) as change
      -- Most updates of metrics change none of these.
      where
        (change.posts, change.significant, change.reported, change.significant_reported) <> (0, 0, 0, 0)
        or not exists (
          select
          from public.post_buckets as known
          where
            known.unit = change.unit
            and known.bucket_at = change.bucket_at
            and known.tier = change.tier
            and known.max_likes >= change.likes
            and known.max_reposts >= change.reposts
            and known.max_replies >= change.replies
            and known.max_views >= change.views
            and known.max_growth >= change.growth
        )
    $insert$,
    changes
  );
  get diagnostics changed = row_count;
  -- One writer at a time adds the changes of all to the totals, so that none waits for another. Readers count both.
  if changed > 0 and pg_try_advisory_xact_lock(hashtextextended('public.post_buckets', 0)) then
    perform public.merge_post_buckets();
  end if;
  return null;
end
$$;

comment on function public.count_posts is 'Adds what a statement changed in posts or reports to public.post_buckets.';

create or replace trigger count_inserted after insert on public.posts
referencing new table as new_rows
for each statement execute function public.count_posts();

create or replace trigger count_updated after update on public.posts
referencing new table as new_rows old table as old_rows
for each statement execute function public.count_posts();

create or replace trigger count_deleted after delete on public.posts
referencing old table as old_rows
for each statement execute function public.count_posts();

create or replace trigger count_truncated after truncate on public.posts
for each statement execute function public.count_posts();

create or replace trigger count_inserted after insert on public.reports
referencing new table as new_rows
for each statement execute function public.count_posts();

create or replace trigger count_deleted after delete on public.reports
referencing old table as old_rows
for each statement execute function public.count_posts();

create or replace trigger count_truncated after truncate on public.reports
for each statement execute function public.count_posts();

-- migrate:down
drop function public.count_posts cascade;
