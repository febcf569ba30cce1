import type pg from 'pg'

/** Makes `copy` a login with the memberships and settings of `original`, creating it if it does not exist. Names are trusted. */
export async function copyRole(db: pg.ClientBase, original: string, copy: string): Promise<void> {
  const { rowCount } = await db.query('select from pg_roles where rolname = $1', [copy])
  if (!rowCount) await db.query(`create role ${copy} login noinherit`)
  const statements = await db.query<{ statement: string }>(
    `select format('grant %I to %I', granted.rolname, $2::text) as statement
     from pg_auth_members
     join pg_roles granted on granted.oid = roleid
     join pg_roles member on member.oid = pg_auth_members.member
     where member.rolname = $1
     union all
     select format('alter role %I set %I = %L', $2::text, split_part(setting, '=', 1), substr(setting, strpos(setting, '=') + 1))
     from pg_roles, unnest(rolconfig) as setting
     where rolname = $1`,
    [original, copy],
  )
  for (const { statement } of statements.rows) await db.query(statement)
}
