-- The six tables that the import fills. The API never exposes schema public.

-- migrate:up
create extension if not exists pg_trgm with schema public;
-- If the database already has the extension in another schema, its operator class is found there.
select set_config('search_path', concat_ws(', ', 'public', quote_ident(extnamespace::regnamespace::text)), true)
from pg_extension
where extname = 'pg_trgm';

revoke all on schema public from public;
-- pg_trgm's operators and index need no privilege on its functions.
revoke execute on all functions in schema public from public;

create table public.posts (
  status_id text collate "C" primary key check (octet_length(status_id) between 1 and 1000),
  url text not null,
  author_handle text not null check (author_handle <> '' and author_handle = lower(author_handle collate "C") and octet_length(author_handle) <= 1000),
  author_display text,
  body_text text,
  search_text text generated always as (public.search_text(body_text, author_handle, author_display)) stored,
  posted_relative text,
  source_query text,
  watch_tier text check (watch_tier = any (public.tiers())),
  is_significant boolean not null default false,
  significance_reason text,
  significance_version text default 'v1',
  likes bigint not null default 0,
  reposts bigint not null default 0,
  replies bigint not null default 0,
  views bigint not null default 0,
  initial_likes bigint,
  initial_reposts bigint,
  initial_replies bigint,
  initial_views bigint,
  likes_24h bigint,
  reposts_24h bigint,
  replies_24h bigint,
  views_24h bigint,
  refresh_24h_at timestamptz check (public.has_four_digit_year(refresh_24h_at)),
  refresh_24h_status text,
  refresh_24h_delta_likes bigint,
  refresh_24h_delta_reposts bigint,
  refresh_24h_delta_replies bigint,
  refresh_24h_delta_views bigint,
  discovered_at timestamptz not null check (public.has_four_digit_year(discovered_at)),
  last_seen_at timestamptz not null check (public.has_four_digit_year(last_seen_at)),
  metrics_at timestamptz check (public.has_four_digit_year(metrics_at)),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

comment on table public.posts is 'The posts that the monitor collected.';
comment on column public.posts.status_id is 'The post''s id on X, exactly as in the source; at most 1,000 bytes, so that it fits into every index.';
comment on column public.posts.author_handle is 'Trimmed, without the @, lower case.';
comment on column public.posts.body_text is 'Exactly as in the source, byte for byte.';
comment on column public.posts.search_text is 'What q is compared with: text, handle and display name, in lower case.';
comment on column public.posts.watch_tier is 'One of public.tiers(); null if the author is not on the watchlist.';
comment on column public.posts.likes is 'Likes when last seen. All counts are bigint: views exceed 2^31.';
comment on column public.posts.initial_likes is 'Likes at first capture; null if not recorded.';
comment on column public.posts.likes_24h is 'Likes a day after discovery; null if not refreshed.';
comment on column public.posts.refresh_24h_delta_likes is 'likes_24h minus initial_likes, as computed by the monitor.';
comment on column public.posts.discovered_at is 'When the monitor first saw the post. Orders the feed, status_id breaking ties.';
comment on column public.posts.last_seen_at is 'When the monitor last saw the post. The other columns are as of then, except the metrics and the 24-hour refresh.';
comment on column public.posts.metrics_at is 'When likes, reposts, replies and views were observed, if not at last_seen_at; set by /rpc/ingest_metrics.';
comment on column public.posts.created_at is 'When this row was inserted here.';
comment on column public.posts.updated_at is 'When this row was last changed here.';

-- The handle, so that a list of handles is found in the index, without reading the other posts.
create index posts_newest on public.posts (discovered_at desc, status_id desc, author_handle);
create index posts_newest_by_tier on public.posts (watch_tier, discovered_at desc, status_id desc);
-- With what is counted by author, so that counting reads nothing else.
create index posts_newest_by_handle on public.posts (author_handle, discovered_at desc, status_id desc)
include (watch_tier, is_significant);
create index posts_newest_significant on public.posts (discovered_at desc, status_id desc) where is_significant;
create index posts_text on public.posts using gin (search_text gin_trgm_ops);
-- The planner looks up search terms in the statistics of the column, a sample of 300 texts: for rare terms it uses the
-- index, for common ones a scan from the newest post.
alter table public.posts alter column search_text set statistics 300;

create table public.post_metrics_snapshots (
  status_id text collate "C" not null references public.posts on delete cascade,
  snapshot_type text not null check (snapshot_type in ('initial_capture', 'latest_observed', 'refresh_24h')),
  snapshot_at timestamptz not null check (public.has_four_digit_year(snapshot_at)),
  likes bigint not null default 0,
  reposts bigint not null default 0,
  replies bigint not null default 0,
  views bigint not null default 0,
  source text not null default 'ingest',
  created_at timestamptz not null default now(),
  primary key (status_id, snapshot_type, snapshot_at)
);

comment on table public.post_metrics_snapshots is 'The four metrics of a post at one point in time: derived from posts by the import, added by ingest calls.';
comment on column public.post_metrics_snapshots.source is 'sqlite_migration if derived by the import, ingest if sent by a collector.';

create table public.watch_accounts (
  handle text primary key check (handle <> '' and handle = lower(handle collate "C") and octet_length(handle) <= 1000),
  tier text not null check (tier = any (public.tiers())),
  note text,
  added_at timestamptz not null check (public.has_four_digit_year(added_at)),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

comment on table public.watch_accounts is 'The accounts that the monitor watches, with their tier.';
comment on column public.watch_accounts.handle is 'Trimmed, without the @, lower case.';

create table public.reports (
  status_id text collate "C" primary key references public.posts on delete cascade,
  reported_at timestamptz not null check (public.has_four_digit_year(reported_at)),
  channel text,
  summary text,
  destination text,
  created_at timestamptz not null default now()
);

comment on table public.reports is 'Posts that were reported to a channel; each post has at most one report.';

create table public.pipeline_runs (
  run_at timestamptz not null check (public.has_four_digit_year(run_at)),
  mode text not null check (mode in ('priority', 'discovery', 'both', 'refresh24h', 'manual')),
  fetched_count bigint,
  significant_count bigint,
  reported_count bigint,
  note text,
  source text not null default 'local-dispatcher' check (octet_length(source) <= 1000),
  created_at timestamptz not null default now(),
  primary key (run_at, mode, source)
);

comment on table public.pipeline_runs is 'The monitor''s runs: how many posts each fetched, found significant and reported.';

create table public.embeddings (
  status_id text collate "C" primary key references public.posts on delete cascade,
  backend text not null,
  model text not null,
  dims integer,
  vector_json jsonb not null check (jsonb_typeof(vector_json) = 'array'),
  text_hash text not null,
  created_at timestamptz not null check (public.has_four_digit_year(created_at)),
  updated_at timestamptz check (public.has_four_digit_year(updated_at)),
  sign_bits bit varying
);

comment on table public.embeddings is 'At most one embedding per post: an array of dims finite numbers.';
comment on column public.embeddings.sign_bits is 'sign_bits(vector_json), used to find similar posts; null if the vector has no cosine similarity to any other.';

-- Otherwise the planner would expect one vector in 200 to have the requested length.
create statistics public.embeddings_length on (length(sign_bits)) from public.embeddings;

-- migrate:down
drop table public.embeddings;
drop table public.pipeline_runs;
drop table public.reports;
drop table public.watch_accounts;
drop table public.post_metrics_snapshots;
drop table public.posts;
do $$
begin
  if exists (select from pg_extension where extname = 'pg_trgm' and extnamespace = 'public'::regnamespace) then
    drop extension pg_trgm;
  end if;
end
$$;
grant usage on schema public to public;
