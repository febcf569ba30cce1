-- The posts whose vectors are nearest to a vector, for /rpc/similar and /rpc/nearest

-- migrate:up
drop function if exists public.nearest_posts;

create function public.nearest_posts(
  vector jsonb,
  model text,
  similar_to text,
  since text,
  until text,
  tier text,
  handle text,
  significant text,
  reported text,
  q text
)
returns table (status_id text, similarity double precision)
language plpgsql
stable
set search_path = ''
-- A generic plan could not drop the filters that were not given.
set plan_cache_mode = 'force_custom_plan'
rows 200
as $$
declare
  bits constant bit varying := public.sign_bits(vector);
  numbers constant double precision[] := public.vector_numbers(vector);
  -- docs/benchmarks.md has the recall of this choice. Fewer bits are less precise, so more vectors are ranked, at the same cost.
  candidate_count constant integer := greatest(200, 204800 / length(bits));
begin
  return query
  select
    candidate.status_id,
    public.cosine_similarity(public.vector_numbers(candidate.vector_json), numbers) as similarity
  from (
    select
      embeddings.status_id,
      embeddings.vector_json
    from public.embeddings
    -- Not public.feed_rows, which rules out a parallel plan. Every vector has a post; without a filter, the planner removes a
    -- left join.
    left join public.posts as post on post.status_id = embeddings.status_id
    where
      embeddings.model = nearest_posts.model
      and length(embeddings.sign_bits) = length(bits)
      and embeddings.status_id is distinct from nearest_posts.similar_to
      and public.matches_time(post.discovered_at, nearest_posts.since, nearest_posts.until)
      and public.matches_tier(post.watch_tier, nearest_posts.tier)
      and public.matches_handle(post.author_handle, nearest_posts.handle)
      and public.matches_significant(post.is_significant, nearest_posts.significant)
      and public.matches_reported(
        (select reports.reported_at from public.reports where reports.status_id = post.status_id),
        nearest_posts.reported
      )
      and public.matches_q(post.search_text, nearest_posts.q)
    order by bit_count(embeddings.sign_bits # bits)
    limit candidate_count
  ) as candidate
  order by similarity desc
  limit 200;
end
$$;

comment on function public.nearest_posts is
$$At most 200 posts whose vectors are of the same model and length, by their cosine similarity to the given vector

None if the vector is null. Of the posts that match the filters, those whose sign bits differ the least are ranked by the cosine of their vectors.$$;

-- migrate:down
drop function public.nearest_posts;
