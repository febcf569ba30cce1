-- How far two vectors point the same way

-- migrate:up
drop function if exists public.cosine_similarity;

create function public.cosine_similarity(one double precision[], other double precision[])
returns double precision
language sql
immutable
parallel safe
set search_path = ''
as $$
  -- Rounding may exceed 1 slightly.
  select least(1, greatest(-1, sum(x * y) / (sqrt(sum(x * x)) * sqrt(sum(y * y)))))
  from (
    -- In the select list, not in FROM, where the rows would be stored first: that takes twice the time.
    select
      unnest(one) as x,
      unnest(other) as y
  ) as pair
$$;

comment on function public.cosine_similarity is 'The cosine of the angle between two vectors of the same length, from -1 to 1.';

-- migrate:down
drop function public.cosine_similarity;
