-- GET /rpc/ingest_digest?table_name=posts&since=&until=&day=, GET /v1/ingest/digest

-- migrate:up
drop function if exists api.ingest_digest;

create function api.ingest_digest(
  table_name text default null,
  since text default null,
  until text default null,
  day text default null
)
returns json
language plpgsql
stable
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
  tables constant text[] := array['posts', 'reports', 'watch_accounts', 'pipeline_runs', 'embeddings'];
  first_at timestamptz := public.parse_time('since', ingest_digest.since);
  last_at timestamptz := public.parse_time('until', ingest_digest.until);
begin
  if nullif(ingest_digest.table_name, '') is not null and ingest_digest.table_name <> all (tables) then
    perform public.bad_argument('table_name', ingest_digest.table_name, format('Use one of %s.', array_to_string(tables, ', ')));
  end if;

  if nullif(ingest_digest.day, '') is null then
    return (
      select
        coalesce(
          json_agg(
            json_build_object('table_name', counted.table_name, 'day', counted.day, 'rows', counted.rows, 'digest', counted.digest)
            order by counted.table_name, counted.day
          ),
          '[]'
        )
      from (
        select
          row_digests.table_name,
          to_char(row_digests.at at time zone 'UTC', 'YYYY-MM-DD') as day,
          count(*) as rows,
          -- bit_send writes the length first: 4 bytes.
          substr(encode(bit_send(bit_xor(('x' || row_digests.digest)::bit(128))), 'hex'), 9) as digest
        from public.row_digests
        where
          (nullif(ingest_digest.table_name, '') is null or row_digests.table_name = ingest_digest.table_name)
          and (first_at is null or row_digests.at >= first_at)
          and (last_at is null or row_digests.at < last_at)
        group by 1, 2
      ) as counted
    );
  end if;

  if nullif(ingest_digest.table_name, '') is null then
    perform public.bad_argument('table_name', '', 'Use the name of the table whose rows are to be listed.');
  end if;
  if ingest_digest.day !~ '^[0-9]{4}-[0-9][0-9]-[0-9][0-9]$' then
    perform public.bad_argument('day', ingest_digest.day, 'Use a date: 2026-02-22');
  end if;
  first_at := public.parse_time('day', ingest_digest.day);
  return (
    select
      coalesce(
        json_agg(
          json_build_object('key', row_digests.key, 'digest', row_digests.digest)
          order by row_digests.key::text collate "C"
        ),
        '[]'
      )
    from public.row_digests
    where
      row_digests.table_name = ingest_digest.table_name
      and row_digests.at >= first_at
      and row_digests.at < first_at + interval '1 day'
  );
end
$$;

comment on function api.ingest_digest is
$$The number of rows per table and day, with a digest, to compare with the monitor's file

An array of `{table_name, day, rows, digest}`, ordered by table and day. The day (UTC) is that of discovered_at, reported_at, added_at, run_at or created_at, depending on the table. The digest of a day is the XOR of the digests of its rows, 32 hex digits. docs/api.md says how the digest of a row is computed.

- `table_name`: posts, reports, watch_accounts, pipeline_runs or embeddings; by default all of them
- `since`, `until`: as for /rpc/feed
- `day`: a date; with it, the answer lists the rows of `table_name` on that day: an array of `{key, digest}`, ordered by key$$;

grant execute on function api.ingest_digest to ingest;

notify pgrst, 'reload schema';

-- migrate:down
drop function api.ingest_digest;
