-- A digest of every row that has a counterpart in the monitor's file, for /rpc/ingest_digest

-- migrate:up
drop view if exists public.row_digests;

create view public.row_digests as
select
  row.table_name,
  row.at,
  row.key,
  left(encode(sha256(convert_to(array_to_json(row.content)::text, 'UTF8')), 'hex'), 32) as digest
from (
  select
    'posts' as table_name,
    discovered_at as at,
    json_build_array(status_id) as key,
    array[
      status_id,
      url,
      author_handle,
      author_display,
      body_text,
      posted_relative,
      source_query,
      watch_tier,
      is_significant::text,
      significance_reason,
      significance_version,
      likes::text,
      reposts::text,
      replies::text,
      views::text,
      initial_likes::text,
      initial_reposts::text,
      initial_replies::text,
      initial_views::text,
      likes_24h::text,
      reposts_24h::text,
      replies_24h::text,
      views_24h::text,
      encode(timestamptz_send(refresh_24h_at), 'hex'),
      refresh_24h_status,
      refresh_24h_delta_likes::text,
      refresh_24h_delta_reposts::text,
      refresh_24h_delta_replies::text,
      refresh_24h_delta_views::text,
      encode(timestamptz_send(discovered_at), 'hex'),
      encode(timestamptz_send(last_seen_at), 'hex')
    ] as content
  from public.posts
  union all
  select
    'reports',
    reported_at,
    json_build_array(status_id),
    array[
      status_id,
      encode(timestamptz_send(reported_at), 'hex'),
      channel,
      summary,
      destination
    ]
  from public.reports
  union all
  select
    'watch_accounts',
    added_at,
    json_build_array(handle),
    array[
      handle,
      tier,
      note,
      encode(timestamptz_send(added_at), 'hex')
    ]
  from public.watch_accounts
  union all
  select
    'pipeline_runs',
    run_at,
    json_build_array(encode(timestamptz_send(run_at), 'hex'), mode, source),
    array[
      encode(timestamptz_send(run_at), 'hex'),
      mode,
      fetched_count::text,
      significant_count::text,
      reported_count::text,
      note,
      source
    ]
  from public.pipeline_runs
  union all
  select
    'embeddings',
    created_at,
    json_build_array(status_id),
    array[
      status_id,
      backend,
      model,
      dims::text,
      vector_json::text,
      text_hash,
      encode(timestamptz_send(created_at), 'hex'),
      encode(timestamptz_send(updated_at), 'hex')
    ]
  from public.embeddings
) as row;

comment on view public.row_digests is
$$A digest of every row that has a counterpart in the monitor's file

The first 32 hex digits of the SHA-256 of a JSON array: the columns in the order of their table, without those that only exist here (created_at and updated_at, except of embeddings). Each value is a string, or null; the array is written without spaces, as JSON.stringify does. Counts are decimal; booleans are true or false; an instant is the number of microseconds since 2000-01-01T00:00:00Z, a signed 64-bit integer, as 16 lower-case hex digits in two's complement; a vector is the text of the jsonb value.$$;

-- migrate:down
drop view public.row_digests;
