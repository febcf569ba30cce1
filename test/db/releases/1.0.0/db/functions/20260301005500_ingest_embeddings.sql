-- POST /rpc/ingest_embeddings, POST /v1/ingest/embeddings/batch

-- migrate:up
drop function if exists api.ingest_embeddings;

create function api.ingest_embeddings(json)
returns json
language plpgsql
security definer
set search_path = ''
set timezone = 'UTC'
as $$
declare
  batch constant jsonb := public.read_batch(
    $1,
    '{
      "status_id": "key!", "backend": "text!", "model": "text!", "dims": "integer", "vector_json": "vector!",
      "text_hash": "text!", "created_at": "time!", "updated_at": "time"
    }',
    '{"status_id": null}',
    of_posts => true
  );
  inserted bigint;
  updated bigint;
begin
  -- An embedding is always replaced as a whole: its other fields say how the vector was made.
  with put as (
    insert into public.embeddings as old (
      status_id,
      backend,
      model,
      dims,
      vector_json,
      text_hash,
      created_at,
      updated_at,
      sign_bits
    )
    select
      new.status_id,
      new.backend,
      new.model,
      new.dims,
      new.vector_json,
      new.text_hash,
      new.created_at,
      new.updated_at,
      public.sign_bits(new.vector_json)
    from jsonb_populate_recordset(null::public.embeddings, batch -> 'items') as new
    left join public.embeddings as old on old.status_id = new.status_id
    where
      (new.backend, new.model, new.dims, new.vector_json, new.text_hash, new.created_at, new.updated_at)
      is distinct from (old.backend, old.model, old.dims, old.vector_json, old.text_hash, old.created_at, old.updated_at)
      and (
        (batch -> 'replace')::boolean
        or old.status_id is null
        or coalesce(new.updated_at, new.created_at) >= coalesce(old.updated_at, old.created_at)
      )
    on conflict (status_id) do update
    set
      backend = excluded.backend,
      model = excluded.model,
      dims = excluded.dims,
      vector_json = excluded.vector_json,
      text_hash = excluded.text_hash,
      created_at = excluded.created_at,
      updated_at = excluded.updated_at,
      sign_bits = excluded.sign_bits
    returning xmax = 0 as is_new
  )
  select
    count(*) filter (where is_new),
    count(*) filter (where not is_new)
  into inserted, updated
  from put;

  return public.ingest_answer(batch, inserted, updated);
end
$$;

comment on function api.ingest_embeddings is
$$Inserts or replaces up to 1,000 embeddings

Send `{"items": [...]}`. Each item has `status_id`, `backend`, `model`, `vector_json` (an array of finite numbers, or the text of one), `text_hash`, `created_at`, and optionally `dims` (the length of the vector) and `updated_at`. An embedding that is older than the stored one is skipped, unless `"replace": true` is sent next to items. The answer is that of /rpc/ingest_posts; an embedding for an unknown post is an error.$$;

grant execute on function api.ingest_embeddings to ingest;

notify pgrst, 'reload schema';

-- migrate:down
drop function api.ingest_embeddings;
