-- Runs before every request: https://docs.postgrest.org/en/v13/references/transactions.html#pre-request

-- migrate:up
create or replace function public.pre_request()
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
  -- A token may be for web_anon too; then only the header shows that there is one.
  has_token constant boolean :=
    current_user <> 'web_anon'
    or coalesce(nullif(current_setting('request.headers', true), '')::json ->> 'authorization' ~* '^bearer\M', false);
begin
  if has_token and nullif(current_setting('request.jwt.claims', true), '')::json ->> 'exp' is null then
    raise sqlstate 'PT401' using
      message = 'the token has no exp claim',
      hint = 'Create a token that expires: npm run token -- --role ingest --ttl 30d';
  end if;

  if not has_token and current_setting('request.method', true) in ('GET', 'HEAD') then
    perform set_config(
      'response.headers',
      case
        when current_setting('request.path', true) in ('/health', '/rpc/health') then '[{"Cache-Control": "no-store"}]'
        else '[{"Cache-Control": "public, max-age=15, stale-while-revalidate=60"}]'
      end,
      true
    );
  end if;
end
$$;

comment on function public.pre_request is 'Refuses tokens that never expire, and marks the answers to anonymous reads as cacheable.';

grant execute on function public.pre_request to web_anon, ingest;

notify pgrst, 'reload schema';

-- migrate:down
drop function public.pre_request;
