-- Writes down which token changed how many rows.

-- migrate:up
create or replace function public.log_write(inserted bigint, updated bigint, removed bigint)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  claims constant jsonb := nullif(current_setting('request.jwt.claims', true), '');
begin
  if inserted + updated + removed = 0 then
    return;
  end if;

  insert into public.write_log (token_name, token_id, call, inserted, updated, removed)
  values (
    claims ->> 'sub',
    claims ->> 'jti',
    nullif(current_setting('request.path', true), ''),
    log_write.inserted,
    log_write.updated,
    log_write.removed
  );

  -- Skips what a concurrent call is deleting, instead of waiting for the end of its batch.
  delete from public.write_log
  where id in (
    select id from public.write_log
    where written_at < now() - interval '90 days'
    order by written_at
    limit 1000
    for update skip locked
  );
end
$$;

comment on function public.log_write is 'Adds a row to public.write_log unless nothing was changed, and deletes rows older than 90 days.';

-- migrate:down
drop function public.log_write;
