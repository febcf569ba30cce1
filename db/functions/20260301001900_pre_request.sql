-- Runs before every request: https://docs.postgrest.org/en/v16/references/transactions.html#pre-request

-- migrate:up
create or replace function public.pre_request()
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
  claims constant jsonb := nullif(current_setting('request.jwt.claims', true), '');
  path constant text := current_setting('request.path', true);
  method constant text := current_setting('request.method', true);
  is_read constant boolean := method in ('GET', 'HEAD');
  -- PGRST_APP_SETTINGS_EDGE_KEY: a key, or several separated by spaces. Where it is set, the edge sends one with each request.
  edge_keys constant text[] :=
    array_remove(string_to_array(nullif(current_setting('app.settings.edge_key', true), ''), ' '), '');
  headers constant json := nullif(current_setting('request.headers', true), '');
  is_health constant boolean := path in ('/health', '/rpc/health');
  -- A token may also be for an anonymous role; then only the header shows that there is one.
  has_token constant boolean :=
    current_user not in ('web_anon', 'web_closed')
    or coalesce(headers ->> 'authorization' ~* '^bearer\M', false);
  -- PostgREST has verified the signature; of the first part, the header, it has read only the algorithm and the key.
  jwt_header constant text := translate(split_part(substring(headers ->> 'authorization' from '\S+$'), '.', 1), '-_', '+/');
begin
  -- The health stays open: load balancers check it without a header.
  if not is_health and coalesce(headers ->> 'x-xmonitor-edge', '') <> all(edge_keys) then
    raise sqlstate 'PT403' using
      message = 'this API answers only what its edge sends',
      hint = 'Use the address of the edge.';
  end if;

  if has_token and claims ->> 'exp' is null then
    raise sqlstate 'PT401' using
      message = 'the token has no exp claim',
      hint = 'Create a token that expires: npm run token -- --role ingest --ttl 30d';
  end if;
  if (claims ->> 'exp')::numeric > extract(epoch from now() + interval '400 days') then
    raise sqlstate 'PT401' using
      message = 'the token expires more than 400 days from now',
      hint = 'Create one that expires earlier: npm run token -- --role ingest --ttl 30d';
  end if;

  if has_token and not coalesce(claims -> 'aud' ? 'xmonitor', true) then
    raise sqlstate 'PT401' using
      message = 'the token is for another audience',
      hint = 'Use a token without aud, or with the aud xmonitor.';
  end if;
  if has_token
    and convert_from(decode(rpad(jwt_header, 4 * ceil(length(jwt_header) / 4.0)::integer, '='), 'base64'), 'UTF8')::jsonb ? 'crit'
  then
    raise sqlstate 'PT401' using
      message = 'the token has a crit header, which nothing here understands',
      hint = 'Use a token without it.';
  end if;

  -- Without privileges it would be refused as well, but without saying what is missing.
  if current_user = 'web_closed' and not is_health and path <> '/' then
    raise insufficient_privilege using
      message = 'this feed is private',
      hint = 'Send a token for the role reader, as Authorization: Bearer TOKEN.';
  end if;

  -- Every view may take as long as a statement may, and so may each call that the edge says is slow: the query is not known
  -- here. The path is as the client sent it: percent-encoded, it could be any path.
  if path !~ '^/(rpc/[a-z_]+|health)?$' or nullif(headers ->> 'x-xmonitor-slow', '') is not null then
    perform public.reserve_slow_place();
  end if;

  if claims ? 'only'
    and not is_health
    and not coalesce(claims -> 'only' ? substring(path from '^/rpc/(?:ingest|feed|digest)_([a-z_]+)$'), false)
  then
    raise sqlstate 'PT403' using
      message = format('the token may not call %s', left(path, 100)),
      hint = format('It is limited to %s.', claims -> 'only');
  end if;

  -- A call that takes the whole body would fail to convert it, without saying what it expects.
  if method = 'POST'
    and coalesce(headers ->> 'content-length', '0') = '0'
    and headers ->> 'transfer-encoding' is null
    and exists (
      select from pg_proc
      where
        pronamespace = 'api'::regnamespace
        and proname = substring(path from '^/rpc/([a-z_]+)$')
        and pronargs = 1
        and proargnames is null
        and has_function_privilege(oid, 'execute')
    )
  then
    raise sqlstate 'PT400' using
      message = 'the body is empty',
      hint = 'Send a JSON object; a batch is {"items": [...]}. docs/api.md describes the fields.';
  end if;

  if is_read then
    perform set_config(
      'response.headers',
      case
        when is_health then '[{"Cache-Control": "no-store"}]'
        -- What a token reads is for whoever holds it.
        when has_token then '[{"Cache-Control": "private, no-store"}, {"Vary": "Authorization"}]'
        else '[{"Cache-Control": "public, max-age=15, stale-while-revalidate=60"}]'
      end,
      true
    );
  end if;
end
$$;

comment on function public.pre_request is 'Rejects requests past the edge, anonymous requests to a private feed, tokens that never expire, calls outside the claim `only` of a token, and calls without the body they need; limits how many slow requests run at once; says which responses may be cached.';

grant execute on function public.pre_request to web_anon, web_closed, ingest;

notify pgrst, 'reload schema';

-- migrate:down
drop function public.pre_request;
