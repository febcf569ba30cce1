-- GET /rpc/digest_atom?tier=teammate&zone=Europe/Berlin: https://www.rfc-editor.org/rfc/rfc4287

-- migrate:up
drop function if exists api.digest_atom;

create function api.digest_atom(
  since text default null,
  until text default null,
  tier text default null,
  handle text default null,
  significant text default null,
  reported text default null,
  q text default null,
  zone text default null,
  page_size text default null
)
returns public."*/*"
language plpgsql
stable
set search_path = ''
-- A generic plan could not drop the filters that were not given.
set plan_cache_mode = 'force_custom_plan'
as $$
declare
  max_significant constant integer := 20;
  max_top constant integer := 5;
  iso constant text := 'YYYY-MM-DD"T"HH24:MI:SS"Z"';
  local_zone constant text := public.parse_zone('zone', zone);
  size constant integer := public.parse_size('page_size', page_size, 31, 7);
  since_at constant timestamptz := public.parse_time('since', since);
  -- Only days that are over: feed readers show an entry once. Of these, the newest ones up to the newest post.
  end_at constant timestamptz := least(
    now(),
    public.parse_time('until', until),
    (select max(post.discovered_at) + interval '1 day' from public.feed_rows as post)
  );
  last_day constant date := (end_at at time zone local_zone)::date - 1;
  filters constant text := public.describe_filters(since, until, tier, handle, significant, reported, q);
  feed_id constant text := encode(sha256(convert_to(concat_ws(', ', nullif(filters, ''), 'zone ' || local_zone), 'UTF8')), 'hex');
  from_at timestamptz;
  to_at timestamptz;
  -- The same as arguments. A cast in the query would not fold to a constant, and the index could not be used.
  day_since text;
  day_until text;
  counts json;
  significant_posts text;
  top_posts text;
  newest timestamptz;
  entries text := '';
begin
  for day in 0 .. size - 1 loop
    to_at := (last_day - day + 1)::timestamp at time zone local_zone;
    exit when to_at <= since_at;
    from_at := greatest((last_day - day)::timestamp at time zone local_zone, since_at);
    day_since := from_at::text;
    day_until := to_at::text;
    counts := api.stats(day_since, day_until, tier, handle, significant, reported, q);
    continue when (counts ->> 'posts')::bigint = 0;
    newest := coalesce(newest, to_at);

    select string_agg(
      public.digest_item(post.author_handle, post.url, post.body_text, nullif(post.significance_reason, '')),
      ''
      order by post.discovered_at desc, post.status_id desc
    )
    into significant_posts
    from (
      select *
      from api.feed(
        since => day_since,
        until => day_until,
        tier => digest_atom.tier,
        handle => digest_atom.handle,
        significant => 'true',
        reported => digest_atom.reported,
        q => digest_atom.q
      )
      where (counts ->> 'significant')::bigint > 0
      limit max_significant
    ) as post;

    select string_agg(
      public.digest_item(
        post.author_handle, post.url, post.body_text,
        to_char(post.likes, 'FM999,999,999,999,999,999,999') || case post.likes when 1 then ' like' else ' likes' end
      ),
      ''
      order by ranked.value desc, post.status_id desc
    )
    into top_posts
    from public.rank_posts('likes', from_at, to_at, tier, handle, significant, reported, q, max_top) as ranked
    join public.feed_rows as post on post.status_id = ranked.status_id;

    entries := entries || format(
      E'  <entry>\n    <id>urn:xmonitor:digest:%s:%s</id>\n    <title>%s</title>\n    <published>%s</published>\n'
        '    <updated>%s</updated>\n    <content type="html">%s</content>\n  </entry>\n',
      feed_id,
      last_day - day,
      format(
        '%s: %s %s, %s significant, %s unreported',
        last_day - day,
        (counts ->> 'posts') || case when (counts ->> 'exact')::boolean then '' else '+' end,
        case counts ->> 'posts' when '1' then 'post' else 'posts' end,
        counts ->> 'significant',
        counts ->> 'unreported'
      ),
      to_char(to_at at time zone 'UTC', iso),
      to_char(to_at at time zone 'UTC', iso),
      public.xml_text(
        concat(
          '<h3>Significant</h3><ul>' || significant_posts || '</ul>',
          '<p>The newest ' || max_significant || ' of ' || nullif((counts ->> 'significant')::bigint, least((counts ->> 'significant')::bigint, max_significant)) || '.</p>',
          '<h3>Most liked</h3><ul>' || top_posts || '</ul>'
        )
      )
    );
  end loop;

  perform public.add_response_header('Content-Type', 'application/atom+xml; charset=utf-8');

  return format(
    E'<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n  <id>urn:xmonitor:digest:%s</id>\n'
      '  <title>%s</title>\n  <updated>%s</updated>\n  <author><name>XMonitor</name></author>\n  <generator>XMonitor</generator>\n%s</feed>\n',
    feed_id,
    public.xml_text('XMonitor, day by day' || case when filters = '' then '' else ': ' || filters end),
    to_char(coalesce(newest, 'epoch') at time zone 'UTC', iso),
    entries
  );
end
$$;

comment on function api.digest_atom is
$$The days of the feed as Atom: an entry for each day that is over, for feed readers and feed-to-mail services

Each entry has the day's counts, its significant posts, at most 20, and the five with the most likes. Days without posts have no entry.

- `since`, `until`, `tier`, `handle`, `significant`, `reported`, `q`: as for /rpc/feed
- `zone`: the time zone whose days these are, such as Europe/Berlin, by default UTC
- `page_size`: how many days, 1 to 31, by default 7$$;

grant execute on function api.digest_atom to web_anon, ingest;

notify pgrst, 'reload schema';

-- migrate:down
drop function api.digest_atom;
