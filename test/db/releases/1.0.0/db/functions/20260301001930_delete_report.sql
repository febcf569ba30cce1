-- Deletes the report of a post before the post

-- migrate:up
create or replace function public.delete_report()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  -- The foreign key would delete it afterwards, when nothing says any more which bucket its post was in.
  delete from public.reports
  where status_id = old.status_id;
  return old;
end
$$;

comment on function public.delete_report is 'Deletes a post''s report first, so that public.count_posts still finds the post.';

create or replace trigger delete_report before delete on public.posts
for each row execute function public.delete_report();

-- migrate:down
drop function public.delete_report cascade;
