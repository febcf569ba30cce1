-- Adds a header to the response: https://docs.postgrest.org/en/v16/references/transactions.html#response-headers

-- migrate:up
drop function if exists public.add_response_header;

create function public.add_response_header(name text, value text)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  -- The setting is a list, and pre_request may have added to it.
  perform set_config(
    'response.headers',
    (
      coalesce(nullif(current_setting('response.headers', true), ''), '[]')::jsonb
        || jsonb_build_array(jsonb_build_object(name, value))
    )::text,
    true
  );
end
$$;

comment on function public.add_response_header is 'Adds a header to the response, keeping those that were set before.';

grant execute on function public.add_response_header to web_anon, ingest;

-- migrate:down
drop function public.add_response_header;
