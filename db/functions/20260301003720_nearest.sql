-- POST /rpc/nearest?limit=5 {"vector": [0.1, -0.2], "model": "mxbai-embed-large"}

-- migrate:up
drop function if exists api.nearest;

-- Security definer: only the functions that compare vectors may read public.embeddings.
create function api.nearest(
  vector jsonb,
  model text,
  since text default null,
  until text default null,
  tier text default null,
  handle text default null,
  significant text default null,
  reported text default null,
  q text default null
)
returns setof public.similar_posts
language plpgsql
stable
security definer
set search_path = ''
rows 200
as $$
begin
  if coalesce(nearest.model, '') = '' then
    perform public.bad_argument('model', coalesce(nearest.model, ''), 'Use the name of the model that made the vector.');
  end if;
  return query
  select *
  from public.nearest_posts(
    public.parse_vector('vector', nearest.vector),
    nearest.model,
    null,
    nearest.since,
    nearest.until,
    nearest.tier,
    nearest.handle,
    nearest.significant,
    nearest.reported,
    nearest.q
  );
end
$$;

comment on function api.nearest is
$$The posts whose vectors are nearest to a vector sent by the client

The rows are those of /rpc/similar, with `similar_to` null.

- `vector`: a JSON array of 1 to 4,096 numbers
- `model`: the model that made it, as it is stored: only vectors of this model and of the same length are compared
- `since`, `until`, `tier`, `handle`, `significant`, `reported`, `q`: as for /rpc/feed
- `limit`: maximum number of rows$$;

grant execute on function api.nearest to web_anon, ingest;

notify pgrst, 'reload schema';

-- migrate:down
drop function api.nearest;
