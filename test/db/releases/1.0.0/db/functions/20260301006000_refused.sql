-- GET /posts?select=json_agg is HTTP 400: https://www.postgresql.org/docs/current/rowtypes.html#ROWTYPES-USAGE

-- migrate:up
drop schema if exists refused cascade;

create schema refused;

comment on schema refused is
$$Namesakes of the functions that take a whole row, so that no client can call them

Postgres reads `posts.json_agg` as `json_agg(posts)` if there is no such column, and PostgREST passes on whatever `select` names. So anyone could aggregate a table in one row, past PostgREST's limit of rows and its ban on aggregates. Every row that the API exposes can be converted to `refused.whole_row`, and every such function has a namesake for that type. So Postgres cannot choose between the two, and reports that the column does not exist. PostgREST aggregates rows of its own queries, which have no named type and cannot be converted. It has this schema on its search path: PGRST_DB_EXTRA_SEARCH_PATH.$$;

create type refused.whole_row as enum ();

do $$
declare
  function_name text;
  row_type regclass;
begin
  for function_name in
    select distinct proname
    from pg_proc
    where
      pronamespace = 'pg_catalog'::regnamespace
      and prokind <> 'p'
      and pronargs - pronargdefaults <= 1
      and proargtypes[0]::regtype::text in ('"any"', 'anycompatible', 'anycompatiblenonarray', 'anyelement', 'anynonarray', 'record')
  loop
    execute format(
      'create function refused.%I(refused.whole_row) returns text language sql immutable return null::text',
      function_name
    );
  end loop;

  for row_type in
    select oid
    from pg_class
    where
      relnamespace = 'api'::regnamespace
      and relkind = 'v'
    union
    select typrelid
    from pg_proc
    join pg_type on pg_type.oid = prorettype
    where
      pronamespace = 'api'::regnamespace
      and typrelid <> 0
  loop
    execute format(
      'create function refused.whole_row(%s) returns refused.whole_row language sql immutable return null::refused.whole_row',
      row_type
    );
    execute format('create cast (%s as refused.whole_row) with function refused.whole_row(%1$s) as implicit', row_type);
  end loop;
end
$$;

create function refused.regular_expression(value text, pattern text)
returns boolean
language plpgsql
immutable
as $$
begin
  raise invalid_parameter_value using
    message = 'regular expressions are not accepted',
    hint = 'Use like, ilike, or q of /rpc/feed.';
end
$$;

comment on function refused.regular_expression is
$$Refuses the filters `match` and `imatch`: a short pattern may take seconds for one text

The operators here have the names and types of those in pg_catalog, which comes after this schema in PGRST_DB_EXTRA_SEARCH_PATH. Whatever has a search_path of its own is not affected.$$;

grant execute on function refused.regular_expression to web_anon, ingest;

create operator refused.~ (function = refused.regular_expression, leftarg = text, rightarg = text);
create operator refused.~* (function = refused.regular_expression, leftarg = text, rightarg = text);

-- Without it, a role would not find the namesakes. None of them can be called.
grant usage on schema refused to web_anon, ingest;

notify pgrst, 'reload schema';

-- migrate:down
drop schema refused cascade;
