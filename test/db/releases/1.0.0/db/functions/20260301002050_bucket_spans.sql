-- Which buckets cover spans of time, as few as possible

-- migrate:up
drop function if exists public.bucket_spans;

create function public.bucket_spans(edges timestamptz[])
returns table (span_at timestamptz, unit text, starts_at timestamptz, ends_at timestamptz)
language plpgsql
immutable
parallel safe
set search_path = ''
-- Planning takes longer than the one query.
set plan_cache_mode = 'force_generic_plan'
rows 100
as $$
declare
  origin constant timestamptz := '2000-01-01T00:00:00Z';
  units text[];
  widths interval[];
  last_at timestamptz;
  first_whole timestamptz;
  last_whole timestamptz;
begin
  select
    array_agg(bucket.unit order by bucket.width),
    array_agg(bucket.width order by bucket.width)
  into units, widths
  from public.bucket_units() as bucket;

  for place in 2 .. cardinality(edges) loop
    span_at := edges[place - 1];
    starts_at := span_at;
    last_at := edges[place];
    unit := 'post';
    for level in 1 .. cardinality(units) loop
      first_whole := least(date_bin(widths[level], starts_at + widths[level] - interval '1 microsecond', origin), last_at);
      last_whole := greatest(date_bin(widths[level], last_at, origin), first_whole);
      -- What is finer than this unit, at both ends.
      if starts_at < first_whole then
        ends_at := first_whole;
        return next;
      end if;
      if last_whole < last_at then
        starts_at := last_whole;
        ends_at := last_at;
        return next;
      end if;
      starts_at := first_whole;
      last_at := last_whole;
      unit := units[level];
    end loop;
    if starts_at < last_at then
      ends_at := last_at;
      return next;
    end if;
  end loop;
end
$$;

comment on function public.bucket_spans is
  'What to add up for each span between two edges: buckets of the largest units that fit, and posts (unit post) for what is less than a quarter of an hour at its ends.';

grant execute on function public.bucket_spans to web_anon, ingest;

-- migrate:down
drop function public.bucket_spans;
