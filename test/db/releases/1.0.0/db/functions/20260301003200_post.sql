-- GET /rpc/post?status_id=1, GET /v1/posts/1

-- migrate:up
drop function if exists api.post;

create function api.post(status_id text)
returns json
language plpgsql
stable
set search_path = ''
as $$
declare
  found json;
begin
  select json_build_object(
    'post', to_json(reported),
    'snapshots', coalesce(
      (
        select json_agg(snapshots order by snapshots.snapshot_at, snapshots.snapshot_type)
        from api.post_metrics_snapshots as snapshots
        where snapshots.status_id = reported.status_id
      ),
      '[]'
    ),
    'report', (
      select to_json(reports)
      from api.reports
      where reports.status_id = reported.status_id
    )
  )
  into found
  from (
    select
      posts.*,
      reports.reported_at
    from api.posts
    left join api.reports on reports.status_id = posts.status_id
    where posts.status_id = post.status_id
  ) as reported;

  if found is null then
    perform public.unknown_post(post.status_id);
  end if;
  return found;
end
$$;

comment on function api.post is
$$One post with its snapshots and its report

The answer is `{post, snapshots, report}`: the post with its reported_at, the snapshots in order of time, and the report or null. An unknown status_id is HTTP 404.$$;

grant execute on function api.post to web_anon, ingest;

notify pgrst, 'reload schema';

-- migrate:down
drop function api.post;
