-- Runs before every request: https://docs.postgrest.org/en/v13/references/transactions.html#pre-request

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
  is_read constant boolean := current_setting('request.method', true) in ('GET', 'HEAD');
  -- A token may also be for web_anon; then only the header shows that there is one.
  has_token constant boolean :=
    current_user <> 'web_anon'
    or coalesce(nullif(current_setting('request.headers', true), '')::json ->> 'authorization' ~* '^bearer\M', false);
begin
  if has_token and claims ->> 'exp' is null then
    raise sqlstate 'PT401' using
      message = 'the token has no exp claim',
      hint = 'Create a token that expires: npm run token -- --role ingest --ttl 30d';
  end if;

  -- The path is as the client sent it: percent-encoded, it could be any path.
  if claims ? 'only'
    and not coalesce(claims -> 'only' ? substring(path from '^/rpc/ingest_([a-z_]+)$'), false)
    and not (is_read and path ~ '^/(rpc/)?[a-z_]*$' and path !~ '^/rpc/ingest_')
  then
    raise sqlstate 'PT403' using
      message = format('the token may not call %s', left(path, 100)),
      hint = format('It is limited to %s.', claims -> 'only');
  end if;

  if not has_token and is_read then
    perform set_config(
      'response.headers',
      case
        when path in ('/health', '/rpc/health') then '[{"Cache-Control": "no-store"}]'
        else '[{"Cache-Control": "public, max-age=15, stale-while-revalidate=60"}]'
      end,
      true
    );
  end if;
end
$$;

comment on function public.pre_request is 'Rejects tokens that never expire and calls outside the claim `only` of a token, and marks responses to anonymous reads as cacheable.';

grant execute on function public.pre_request to web_anon, ingest;

notify pgrst, 'reload schema';

-- migrate:down
drop function public.pre_request;
