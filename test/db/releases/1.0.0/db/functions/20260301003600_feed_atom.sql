-- GET /rpc/feed_atom?tier=teammate: https://www.rfc-editor.org/rfc/rfc4287

-- migrate:up
drop function if exists api.feed_atom;

create function api.feed_atom(
  since text default null,
  until text default null,
  tier text default null,
  handle text default null,
  significant text default null,
  reported text default null,
  q text default null,
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
  size constant integer := public.parse_size('page_size', page_size, 200, 50);
  filters constant text := public.describe_filters(since, until, tier, handle, significant, reported, q);
  iso constant text := 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"';
  entries text;
  newest timestamptz;
begin
  select
    max(post.discovered_at),
    string_agg(
      format(
        E'  <entry>\n    <id>urn:xmonitor:post:%s</id>\n    <title>%s</title>\n    <author><name>%s</name></author>\n'
          '%s    <published>%s</published>\n    <updated>%s</updated>\n%s'
          '    <content type="text">%s</content>\n  </entry>\n',
        -- The monitor's ids are numbers; anything else is written in characters that are allowed in an IRI.
        case
          when post.status_id ~ '^[A-Za-z0-9._~-]+$' then post.status_id
          else 'hex:' || encode(convert_to(post.status_id, 'UTF8'), 'hex')
        end,
        public.xml_text(
          '@' || post.author_handle || ': '
            || left(regexp_replace(public.decode_entities(coalesce(post.body_text, '')), '\s+', ' ', 'g'), 80)
        ),
        public.xml_text(public.decode_entities(coalesce(nullif(post.author_display, ''), post.author_handle))),
        -- Feed readers follow links: never javascript: or data:.
        case
          when post.url ~* '^https?://' then format(E'    <link rel="alternate" href="%s"/>\n', public.xml_text(post.url))
          else ''
        end,
        to_char(post.discovered_at at time zone 'UTC', iso),
        to_char(post.discovered_at at time zone 'UTC', iso),
        case when post.watch_tier is not null then format(E'    <category term="%s"/>\n', post.watch_tier) else '' end,
        public.xml_text(public.decode_entities(coalesce(post.body_text, '')))
      ),
      ''
      order by post.discovered_at desc, post.status_id desc
    )
  into newest, entries
  from (
    select *
    from api.feed(
      since => feed_atom.since,
      until => feed_atom.until,
      tier => feed_atom.tier,
      handle => feed_atom.handle,
      significant => feed_atom.significant,
      reported => feed_atom.reported,
      q => feed_atom.q
    )
    limit size
  ) as post;

  perform public.add_response_header('Content-Type', 'application/atom+xml; charset=utf-8');

  return format(
    E'<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n  <id>urn:xmonitor:feed:%s</id>\n'
      '  <title>%s</title>\n  <updated>%s</updated>\n  <generator>XMonitor</generator>\n%s</feed>\n',
    encode(sha256(convert_to(filters, 'UTF8')), 'hex'),
    public.xml_text('XMonitor' || case when filters = '' then '' else ': ' || filters end),
    to_char(coalesce(newest, 'epoch') at time zone 'UTC', iso),
    coalesce(entries, '')
  );
end
$$;

comment on function api.feed_atom is
$$The feed as Atom, to subscribe to any filter

Takes the filters of /rpc/feed and `page_size`, 1 to 200, by default 50.$$;

grant execute on function api.feed_atom to web_anon, ingest;

notify pgrst, 'reload schema';

-- migrate:down
drop function api.feed_atom;
