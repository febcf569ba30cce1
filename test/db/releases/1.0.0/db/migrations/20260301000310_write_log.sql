-- Which token wrote what. public.log_write fills and shortens it.

-- migrate:up
create table public.write_log (
  id bigint generated always as identity primary key,
  written_at timestamptz not null default now(),
  token_name text,
  token_id text,
  call text,
  inserted bigint not null,
  updated bigint not null,
  removed bigint not null
);

create index write_log_oldest on public.write_log (written_at);

comment on table public.write_log is 'One row per ingest call that changed something, kept for 90 days.';
comment on column public.write_log.token_name is 'The claim sub: npm run token -- --name NAME.';
comment on column public.write_log.token_id is 'The claim jti, which npm run token prints with --json.';
comment on column public.write_log.call is 'The path of the call; null if it was not made over HTTP.';

-- migrate:down
drop table public.write_log;
