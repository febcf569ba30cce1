-- How similar two posts are

-- migrate:up
drop function if exists public.post_similarity;

create function public.post_similarity(one text, other text)
returns double precision
language sql
stable
set search_path = ''
as $$
  select public.cosine_similarity(public.vector_numbers(a.vector_json), public.vector_numbers(b.vector_json))
  from public.embeddings as a
  cross join public.embeddings as b
  where
    a.status_id = one
    and b.status_id = other
$$;

comment on function public.post_similarity is 'The cosine similarity of the vectors of two posts, both with sign_bits of the same length.';

-- migrate:down
drop function public.post_similarity;
