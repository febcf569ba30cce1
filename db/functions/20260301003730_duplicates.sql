-- GET /rpc/duplicates?since=2026-02-01&threshold=0.95

-- migrate:up
drop function if exists api.duplicates;

-- Security definer: only the functions that compare vectors may read public.embeddings.
create function api.duplicates(
  since text default null,
  until text default null,
  tier text default null,
  handle text default null,
  significant text default null,
  reported text default null,
  q text default null,
  threshold text default null
)
returns setof public.similar_posts
language plpgsql
stable
security definer
set search_path = ''
-- A generic plan could not drop the filters that were not given.
set plan_cache_mode = 'force_custom_plan'
rows 200
as $$
declare
  -- Together these bound the cost.
  max_posts constant integer := 1000;
  max_comparisons constant integer := 3;
  min_similarity constant double precision := public.parse_fraction('threshold', threshold, 0.5, 0.95);
  -- Two vectors are expected to differ in this share of their bits, give or take a tenth.
  max_bits_share constant double precision := acos(min_similarity) / pi() + 0.1;
  -- The posts in order of time, and for each of these places the first post of its group and the similarity to it.
  ids text[];
  oldest_at timestamptz;
  first_places integer[];
  similarities double precision[];
  close_posts record;
  candidate integer;
  comparisons integer;
begin
  select
    array_agg(newest.status_id order by newest.discovered_at, newest.status_id),
    min(newest.discovered_at)
  into ids, oldest_at
  from (
    select
      post.status_id,
      post.discovered_at
    from public.feed_rows as post
    join public.embeddings on embeddings.status_id = post.status_id
    where
      embeddings.sign_bits is not null
      and public.matches_time(post.discovered_at, duplicates.since, duplicates.until)
      and public.matches_tier(post.watch_tier, duplicates.tier)
      and public.matches_handle(post.author_handle, duplicates.handle)
      and public.matches_significant(post.is_significant, duplicates.significant)
      and public.matches_reported(post.reported_at, duplicates.reported)
      and public.matches_q(post.search_text, duplicates.q)
    order by
      post.discovered_at desc,
      post.status_id desc
    limit max_posts
  ) as newest;
  first_places := array_fill(null::integer, array[coalesce(cardinality(ids), 0)]);
  similarities := array_fill(null::double precision, array[coalesce(cardinality(ids), 0)]);
  if cardinality(ids) = max_posts then
    perform public.add_response_header('Compared-Since', to_char(oldest_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'));
  end if;

  for close_posts in
    with considered as materialized (
      select
        listed.place::integer as place,
        embeddings.model,
        embeddings.sign_bits
      from unnest(ids) with ordinality as listed(status_id, place)
      join public.embeddings on embeddings.status_id = listed.status_id
    )
    select
      later.place,
      array_agg(earlier.place order by bit_count(earlier.sign_bits # later.sign_bits), earlier.place) as earlier_places
    from considered as later
    join considered as earlier on
      earlier.place < later.place
      and earlier.model = later.model
      and length(earlier.sign_bits) = length(later.sign_bits)
      and bit_count(earlier.sign_bits # later.sign_bits) <= max_bits_share * length(later.sign_bits)
    group by later.place
    order by later.place
  loop
    comparisons := 0;
    foreach candidate in array close_posts.earlier_places loop
      -- Only the first post of a group, or one that is alone so far.
      continue when first_places[candidate] <> candidate;
      similarities[close_posts.place] := public.post_similarity(ids[candidate], ids[close_posts.place]);
      if similarities[close_posts.place] >= min_similarity then
        first_places[close_posts.place] := candidate;
        first_places[candidate] := candidate;
        similarities[candidate] := 1;
        exit;
      end if;
      comparisons := comparisons + 1;
      exit when comparisons = max_comparisons;
    end loop;
  end loop;

  return query
  select
    grouped.similarity,
    first.status_id,
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
  from unnest(ids, first_places, similarities) as grouped(status_id, first_place, similarity)
  join public.feed_rows as post on post.status_id = grouped.status_id
  join public.feed_rows as first on first.status_id = ids[grouped.first_place]
  where grouped.first_place is not null
  order by
    first.discovered_at desc,
    first.status_id desc,
    post.discovered_at,
    post.status_id;
end
$$;

comment on function api.duplicates is
$$Groups of posts that say nearly the same thing

The newest group first, each in order of time: `similar_to` is the status_id of the first post of the group, `similarity` how similar the post is to it, and the other columns are those of the feed. Only vectors of the same model and length are compared.

At most 1,000 posts are compared, the newest that match. If there may be more, the header `Compared-Since` has the time of the oldest of them: pass it as `until` to continue.

- `threshold`: the cosine similarity to the first post of the group, from 0.5 to 1, by default 0.95
- `since`, `until`, `tier`, `handle`, `significant`, `reported`, `q`: as for /rpc/feed
- `limit`: maximum number of rows$$;

grant execute on function api.duplicates to web_anon, ingest;

notify pgrst, 'reload schema';

-- migrate:down
drop function api.duplicates;
