import type pg from 'pg'
import { Failure } from '../errors.ts'
import { step } from '../output.ts'
import type { Address } from './address.ts'
import { withTransaction } from './database.ts'

const LOCK_WAIT = '5s'

/** What db:up will need again. */
const MAY_CREATE = `
  select
    has_database_privilege(current_database(), 'create') as schemas,
    has_schema_privilege('public', 'create') as tables,
    rolsuper or rolcreaterole or (
      select count(*) = 5 from pg_roles
      where rolname in ('web_anon', 'web_closed', 'reader', 'ingest', 'authenticator')
    ) as roles
  from pg_roles where rolname = current_user`

/** Every object in public but those of extensions and those that are part of another (the sequence of an identity). Dropping one may take others along. */
const DROP = `
  set local search_path = '';
  drop schema if exists refused cascade;
  drop schema if exists api cascade;
  do $$
  declare
    -- Collected first: an object that was dropped with another has no name any more.
    statements constant text[] := (
      select array_agg(format('drop %s if exists %s cascade', kind, name))
      from (
        select 'pg_class'::regclass as catalog, oid, oid::regclass::text as name, relnamespace as schema,
          case relkind when 'r' then 'table' when 'p' then 'table' when 'v' then 'view' when 'm' then 'materialized view'
            when 'S' then 'sequence' when 'f' then 'foreign table' end as kind
        from pg_class
        union all
        select 'pg_proc'::regclass, oid, oid::regprocedure::text, pronamespace,
          case prokind when 'a' then 'aggregate' else 'routine' end
        from pg_proc
        union all
        select 'pg_type'::regclass, oid, oid::regtype::text, typnamespace, 'type'
        from pg_type
        where typtype in ('d', 'e', 'r')
          or typtype = 'c' and (select relkind from pg_class where oid = typrelid) = 'c'
      ) as object
      where schema = 'public'::regnamespace
        and kind is not null
        and not exists (
          select from pg_depend where classid = catalog and objid = object.oid and deptype in ('e', 'i')
        )
    );
    statement text;
  begin
    foreach statement in array coalesce(statements, '{}') loop
      execute statement;
    end loop;
  end
  $$`

/** Empties the database, which so keeps its owner, locale, settings and grants. `check` may refuse to. */
export function emptyDatabase(address: Address, check?: (db: pg.Client) => Promise<void>): Promise<void> {
  return withTransaction(
    async (db) => {
      await checkPrivileges(db)
      await check?.(db)
      await step(['Dropping', 'Dropped'], 'schemas api and public', async () => {
        await db.query(`set local lock_timeout = '${LOCK_WAIT}'`)
        await db.query(DROP)
      })
    },
    { unchanged: 'Nothing was dropped.', address },
  )
}

async function checkPrivileges(db: pg.Client): Promise<void> {
  const { rows } = await db.query(MAY_CREATE)
  const missing = Object.keys(rows[0]).filter((kind) => !rows[0][kind])
  if (missing.length === 0) return
  throw new Failure(
    `This user may not create ${missing.join(', ')}, so db:up would fail afterwards.`,
    'Nothing was dropped. Connect as the owner of the database, with the privilege to create roles.',
  )
}
