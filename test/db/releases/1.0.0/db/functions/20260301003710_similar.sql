-- GET /rpc/similar?status_id=1&since=&until=&tier=&handle=&significant=&reported=&q=&limit=

-- migrate:up
drop function if exists api.similar;

-- Security definer: only the functions that compare vectors may read public.embeddings.
create function api.similar(
  status_id text,
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
declare
  given record;
begin
  select
    posts.status_id,
    embeddings.model,
    embeddings.vector_json,
    embeddings.sign_bits
  into given
  from public.posts
  left join public.embeddings on embeddings.status_id = posts.status_id
  -- Quoted: SIMILAR is a keyword.
  where posts.status_id = "similar".status_id;

  if given.status_id is null then
    perform public.unknown_post("similar".status_id);
  end if;
  if given.sign_bits is null then
    perform public.add_response_header(
      'Embedding',
      case when given.vector_json is null then 'missing' else 'not-comparable' end
    );
  end if;

  return query
  select
    nearest.similarity,
    given.status_id,
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
    case when given.sign_bits is not null then given.vector_json end,
    given.model,
    given.status_id,
    since,
    until,
    tier,
    handle,
    significant,
    reported,
    q
  ) as nearest
  join public.feed_rows as post on post.status_id = nearest.status_id
  order by
    nearest.similarity desc,
    post.discovered_at desc,
    post.status_id desc;
end
$$;

comment on function api.similar is
$$The posts that are most similar to one post, by the cosine similarity of their vectors

At most 200, the most similar first, with `similarity` from -1 to 1 and the columns of the feed. Only vectors of the same model and length are compared. An unknown status_id is HTTP 404. For a post without a vector there are no rows and the header is `Embedding: missing`; for one whose vector has no cosine, such as all zeros, `Embedding: not-comparable`.

- `since`, `until`, `tier`, `handle`, `significant`, `reported`, `q`: as for /rpc/feed
- `limit`: maximum number of rows$$;

grant execute on function api.similar to web_anon, ingest;

notify pgrst, 'reload schema';

-- migrate:down
drop function api.similar;
