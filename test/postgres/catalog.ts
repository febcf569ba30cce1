import pg from 'pg'

/**
 * Everything in a database that the migrations created, as text lines in a fixed order, to compare two databases:
 * schemas, tables, columns, constraints, indexes, views, functions, triggers, types, comments, owners,
 * privileges (also default ones), extensions, and the API's roles with their settings.
 */
export async function listCatalog(client: Pick<pg.Client, 'query'>): Promise<string[]> {
  const lines: string[] = []
  // Every name is written with its schema, whatever the caller's search_path.
  await client.query("begin read only; set local search_path = ''")
  for (const [kind, sql] of Object.entries(LISTINGS)) {
    const { rows } = await client.query<{ name: string; line: string | null }>(sql)
    const listed = rows.flatMap(({ name, line }) =>
      (line ?? '').split('\n').map((text) => `${kind} ${name}: ${text}`.trimEnd()),
    )
    lines.push(...listed)
  }
  await client.query('rollback')
  return lines
}

export async function catalogOf(url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await listCatalog(client)
  } finally {
    await client.end()
  }
}

/** The lines that only one of two listings has, each with its sign: what a test prints when they differ. */
export function catalogDifference(before: string[], after: string[]): string[] {
  const [old, now] = [new Set(before), new Set(after)]
  return [
    ...before.filter((line) => !now.has(line)).map((line) => `- ${line}`),
    ...after.filter((line) => !old.has(line)).map((line) => `+ ${line}`),
  ]
}

const RELATION = `(case c.relkind when 'S' then 's' else 'r' end)::"char"`
const ROLES = `('web_anon', 'web_closed', 'reader', 'ingest', 'authenticator')`

// What belongs to the server, to an extension or to dbmate is not ours.
const OURS = `n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema'`
const notOfExtension = (catalog: string, oid: string) =>
  `not exists (select from pg_depend as d where d.classid = '${catalog}'::regclass and d.objid = ${oid} and d.deptype = 'e')`

/** Who may do what (kind as in acldefault), the owner's privileges under the word owner; null in the catalog means the default. */
const rights = (acl: string, kind: string, owner: string) => `(
  select coalesce(string_agg(format('%s=%s', who, what), ' ' order by who), 'nobody')
  from (
    select
      case a.grantee when 0 then 'public' when ${owner} then 'owner' else a.grantee::regrole::text end as who,
      string_agg(a.privilege_type || case when a.is_grantable then '*' else '' end, ',' order by a.privilege_type) as what
    from aclexplode(coalesce(${acl}, acldefault(${kind}, ${owner}))) as a
    group by a.grantee
  ) as granted
)`

/** One query per kind: name and line, in order. A value of several lines becomes several. */
const LISTINGS: Record<string, string> = {
  schema: `
    select n.nspname as name,
      concat_ws(' | ', 'owner ' || n.nspowner::regrole, ${rights('n.nspacl', "'n'", 'n.nspowner')}, obj_description(n.oid, 'pg_namespace')) as line
    from pg_namespace as n where ${OURS} order by 1`,

  extension: `
    select e.extname as name, 'in ' || e.extnamespace::regnamespace as line
    from pg_extension as e where e.extname <> 'plpgsql' order by 1`,

  relation: `
    select format('%I.%I', n.nspname, c.relname) as name,
      concat_ws(' | ',
        case c.relkind when 'r' then 'table' when 'v' then 'view' when 'm' then 'materialized view' when 'S' then 'sequence' else c.relkind::text end,
        'owner ' || c.relowner::regrole,
        ${rights('c.relacl', RELATION, 'c.relowner')},
        array_to_string(c.reloptions, ','),
        case when c.relrowsecurity then 'row security' end,
        obj_description(c.oid, 'pg_class'),
        case when c.relkind in ('v', 'm') then E'\\n' || pg_get_viewdef(c.oid, true) end) as line
    from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
    where ${OURS} and c.relkind in ('r', 'p', 'v', 'm', 'S', 'f') and c.relname <> 'schema_migrations'
      and ${notOfExtension('pg_class', 'c.oid')}
    order by 1`,

  column: `
    select format('%I.%I.%I', n.nspname, c.relname, a.attname) as name,
      concat_ws(' | ',
        row_number() over (partition by c.oid order by a.attnum),
        format_type(a.atttypid, a.atttypmod),
        case when a.attnotnull then 'not null' end,
        case when a.attcollation <> t.typcollation then 'collate ' || a.attcollation::regcollation end,
        'default ' || pg_get_expr(d.adbin, d.adrelid),
        nullif(a.attgenerated, ''), nullif(a.attidentity, ''),
        case when a.attacl is not null then ${rights('a.attacl', "'c'", 'c.relowner')} end,
        col_description(c.oid, a.attnum)) as line
    from pg_attribute as a
    join pg_class as c on c.oid = a.attrelid
    join pg_namespace as n on n.oid = c.relnamespace
    join pg_type as t on t.oid = a.atttypid
    left join pg_attrdef as d on d.adrelid = c.oid and d.adnum = a.attnum
    where ${OURS} and c.relkind in ('r', 'p', 'v', 'm', 'f', 'c') and c.relname <> 'schema_migrations'
      and a.attnum > 0 and not a.attisdropped and ${notOfExtension('pg_class', 'c.oid')}
    order by n.nspname, c.relname, a.attnum`,

  // Postgres 18 lists not null here too; it is a property of the column above.
  constraint: `
    select format('%I.%I', coalesce(k.conrelid::regclass::text, k.contypid::regtype::text), k.conname) as name,
      concat_ws(' | ', pg_get_constraintdef(k.oid, true), case when not k.convalidated then 'not valid' end, obj_description(k.oid, 'pg_constraint')) as line
    from pg_constraint as k join pg_namespace as n on n.oid = k.connamespace
    where ${OURS} and k.contype <> 'n' and k.conname <> 'schema_migrations_pkey'
    order by 1`,

  index: `
    select format('%I.%I', n.nspname, c.relname) as name,
      concat_ws(' | ', pg_get_indexdef(i.indexrelid), case when not i.indisvalid then 'not valid' end, obj_description(c.oid, 'pg_class')) as line
    from pg_index as i join pg_class as c on c.oid = i.indexrelid join pg_namespace as n on n.oid = c.relnamespace
    where ${OURS} and c.relname <> 'schema_migrations_pkey'
    order by 1`,

  statistics: `
    select format('%I.%I', n.nspname, s.stxname) as name, pg_get_statisticsobjdef(s.oid) as line
    from pg_statistic_ext as s join pg_namespace as n on n.oid = s.stxnamespace where ${OURS} order by 1`,

  function: `
    select format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)) as name,
      concat_ws(' | ', 'owner ' || p.proowner::regrole, ${rights('p.proacl', "'f'", 'p.proowner')}, obj_description(p.oid, 'pg_proc'))
        || E'\\n' || case p.prokind when 'a' then 'aggregate' else pg_get_functiondef(p.oid) end as line
    from pg_proc as p join pg_namespace as n on n.oid = p.pronamespace
    where ${OURS} and ${notOfExtension('pg_proc', 'p.oid')}
    order by 1`,

  trigger: `
    select format('%s.%I', t.tgrelid::regclass, t.tgname) as name, concat_ws(' | ', pg_get_triggerdef(t.oid, true), t.tgenabled) as line
    from pg_trigger as t join pg_class as c on c.oid = t.tgrelid join pg_namespace as n on n.oid = c.relnamespace
    where ${OURS} and not t.tgisinternal order by 1`,

  policy: `
    select format('%I.%I.%I', schemaname, tablename, policyname) as name, concat_ws(' | ', permissive, roles::text, cmd, qual, with_check) as line
    from pg_policies order by 1`,

  type: `
    select format('%I.%I', n.nspname, t.typname) as name,
      concat_ws(' | ', t.typtype, 'owner ' || t.typowner::regrole, ${rights('t.typacl', "'T'", 't.typowner')},
        case when t.typtype = 'd' then format_type(t.typbasetype, t.typtypmod) end, t.typdefault,
        (select string_agg(e.enumlabel, ',' order by e.enumsortorder) from pg_enum as e where e.enumtypid = t.oid),
        obj_description(t.oid, 'pg_type')) as line
    from pg_type as t join pg_namespace as n on n.oid = t.typnamespace left join pg_class as c on c.oid = t.typrelid
    where ${OURS} and t.typelem = 0 and (c.oid is null or c.relkind = 'c') and ${notOfExtension('pg_type', 't.oid')}
    order by 1`,

  cast: `
    select format('%s to %s', k.castsource::regtype, k.casttarget::regtype) as name, concat_ws(' | ', k.castfunc::regproc::text, k.castcontext) as line
    from pg_cast as k where k.oid >= 16384 and ${notOfExtension('pg_cast', 'k.oid')} order by 1`,

  'default rights': `
    select format('%s in %s on %s', d.defaclrole::regrole, case d.defaclnamespace when 0 then 'all schemas' else d.defaclnamespace::regnamespace::text end, d.defaclobjtype) as name,
      ${rights('d.defaclacl', "'r'", 'd.defaclrole')} as line
    from pg_default_acl as d order by 1`,

  role: `
    select r.rolname as name,
      concat_ws(' | ',
        case when r.rolcanlogin then 'login' end, case when r.rolinherit then 'inherit' end, case when r.rolsuper then 'superuser' end,
        case when r.rolcreaterole then 'createrole' end, case when r.rolcreatedb then 'createdb' end, case when r.rolbypassrls then 'bypassrls' end,
        'connections ' || r.rolconnlimit,
        'member of ' || (select string_agg(m.roleid::regrole::text, ',' order by 1) from pg_auth_members as m where m.member = r.oid)) as line
    from pg_roles as r where r.rolname in ${ROLES} order by 1`,

  setting: `
    select concat_ws(' ', coalesce(nullif(s.setrole, 0)::regrole::text, 'everybody'), case s.setdatabase when 0 then 'anywhere' else 'here' end) as name,
      (select string_agg(one, E'\\n' order by one) from unnest(s.setconfig) as one) as line
    from pg_db_role_setting as s
    where s.setdatabase in (0, (select oid from pg_database where datname = current_database()))
      and (s.setrole = 0 or s.setrole in (select oid from pg_roles where rolname in ${ROLES}))
    order by 1`,

  database: `
    select 'rights' as name, ${rights('b.datacl', "'d'", 'b.datdba')} as line from pg_database as b where b.datname = current_database()`,
}
