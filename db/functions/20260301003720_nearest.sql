-- POST /rpc/nearest?limit=5 {"vector": [0.1, -0.2], "model": "mxbai-embed-large"}

-- migrate:up
drop function if exists api.nearest;

-- One unnamed parameter: with names, PostgREST would compare those of the body with them, which takes minutes for a hostile one.
-- Security definer: only the functions that compare vectors may read public.embeddings.
create function api.nearest(json)
returns setof public.similar_posts
language plpgsql
stable
security definer
set search_path = ''
rows 200
as $$
declare
  advice constant text := 'Send a JSON object with vector, model and the filters of /rpc/feed.';
  model constant text := coalesce($1 ->> 'model', '');
  unknown_name text;
begin
  if json_typeof($1) is distinct from 'object' then
    raise sqlstate 'PT400' using
      message = 'the body is not a JSON object',
      hint = advice;
  end if;
  select name
  into unknown_name
  from json_object_keys($1) as name
  where name <> all ('{vector, model, since, until, tier, handle, significant, reported, q}')
  limit 1;
  if unknown_name is not null then
    raise sqlstate 'PT400' using
      message = format('%s is not an argument', left(unknown_name, 100)),
      hint = advice;
  end if;
  if model = '' then
    perform public.bad_argument('model', model, 'Use the name of the model that made the vector.');
  end if;
  return query
  select
    nearest.similarity,
    null::text,
    post.status_id,
    post.discovered_at,
    post.author_handle,
    post.author_display,
    post.watch_tier,
    post.body_text,
    post.url,
    post.is_significant,
    post.significance_reason,
    post.likes,
    post.reposts,
    post.replies,
    post.views,
    post.reported_at,
    post.cursor
  from public.nearest_posts(
    public.parse_vector('vector', $1 ->> 'vector'),
    model,
    null,
    $1 ->> 'since',
    $1 ->> 'until',
    $1 ->> 'tier',
    $1 ->> 'handle',
    $1 ->> 'significant',
    $1 ->> 'reported',
    $1 ->> 'q'
  ) as nearest
  join public.feed_rows as post on post.status_id = nearest.status_id
  order by
    nearest.similarity desc,
    post.discovered_at desc,
    post.status_id desc;
end
$$;

comment on function api.nearest is
$$The posts whose vectors are nearest to a vector sent by the client

The rows are those of /rpc/similar, with `similar_to` null. The body is a JSON object:

- `vector`: a JSON array of 1 to 4,096 numbers
- `model`: the model that made it, as it is stored: only vectors of this model and of the same length are compared
- `since`, `until`, `tier`, `handle`, `significant`, `reported`, `q`: as for /rpc/feed

`limit` is in the query: maximum number of rows.$$;

grant execute on function api.nearest to web_anon, ingest;

notify pgrst, 'reload schema';

-- migrate:down
drop function api.nearest;
