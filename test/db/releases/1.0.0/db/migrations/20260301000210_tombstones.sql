-- What was deleted on request, so that it stays deleted: docs/rules.md#rule-8

-- migrate:up
create table public.deleted_authors (
  handle text primary key check (handle <> '' and handle = lower(handle collate "C") and octet_length(handle) <= 1000),
  reason text,
  deleted_at timestamptz not null default now()
);

comment on table public.deleted_authors is 'Tombstones by handle: no post of these authors is stored, nor their place on the watchlist.';
comment on column public.deleted_authors.handle is 'Trimmed, without the @, lower case, as in posts.';

create table public.deleted_posts (
  status_id text collate "C" primary key check (octet_length(status_id) between 1 and 1000),
  handle text references public.deleted_authors on delete cascade,
  reason text,
  deleted_at timestamptz not null default now()
);

comment on table public.deleted_posts is 'Tombstones by status_id: these posts are not stored, nor their metrics, reports and embeddings.';
comment on column public.deleted_posts.handle is 'The deleted author, if the post was deleted with them: the post stays deleted when the account is renamed.';

create index deleted_posts_handle on public.deleted_posts (handle);

-- migrate:down
drop table public.deleted_posts;
drop table public.deleted_authors;
