import assert from 'node:assert/strict'
import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import pg from 'pg'
import { suite } from 'uvu'
import { readMigrations } from '../../tooling/lib/postgres/db-lock.ts'
import { dbmate } from '../../tooling/lib/postgres/dbmate.ts'
import { PROJECT } from '../../tooling/lib/project.ts'
import { type Database, freshDatabase, throwawayServer } from '../support/database.ts'
import { catalogDifference, catalogOf } from './catalog.ts'

const catalog = suite('catalog', { databases: [] as Database[] })
const work = mkdtempSync(join(tmpdir(), 'xmonitor-db-'))

catalog.after(async ({ databases }) => {
  for (const database of databases) await database.drop()
  rmSync(work, { recursive: true })
})

const assertSame = (before: string[], after: string[]) => {
  assert.deepEqual(catalogDifference(before, after), [])
  assert.deepEqual(after, before)
}

const database = async (context: { databases: Database[] }, migrated: boolean) => {
  const made = await freshDatabase({ migrated })
  context.databases.push(made)
  return made.url
}

/** The roles belong to the cluster and stay, with their memberships. */
const withoutRoles = (lines: string[]) => lines.filter((line) => !/^(role|setting) /.test(line))

/** A copy of db/ to change, in a folder dbmate can work in. */
function projectCopy(name: string): string {
  const copy = join(work, name)
  mkdirSync(copy)
  cpSync(join(PROJECT, 'db'), join(copy, 'db'), { recursive: true })
  return copy
}

const objectOf = (file: string) => file.replace(/\d+_/, '')

/** The files of which only the current definition counts, in the order dbmate applies them. */
const definitions = readMigrations()
  .filter(({ file }) => !file.startsWith('db/migrations/'))
  // A second file for an object, as an added tier needs, replaces the first.
  .filter(({ file }, index, all) => !all.slice(index + 1).some((later) => objectOf(later.file) === objectOf(file)))

catalog('the listing has what a reader of the schema would look for', async (context) => {
  const lines = await catalogOf(await database(context, true))
  for (const expected of [
    /^schema api: owner \w+ .*web_anon=USAGE/,
    /^relation public\.posts: table .*owner=.*\| The posts that/,
    /^relation api\.feed: view .*web_anon=SELECT/,
    /^column public\.posts\.status_id: 1 \| text \| not null \| collate "C" \| The post's id/,
    /^column public\.posts\.likes: \d+ \| bigint \| not null \| default 0/,
    /^constraint "?public\.reports"?\.reports_status_id_fkey: FOREIGN KEY .* ON DELETE CASCADE/,
    /^index public\.posts_newest: CREATE INDEX/,
    /^function public\.pre_request\(\): {2}SET search_path TO ''/,
    /^default rights /,
    /^role authenticator: login .*member of .*reader/,
    /^role reader: .*member of web_anon/,
  ])
    assert.ok(
      lines.some((line) => expected.test(line)),
      `no line is like ${expected}`,
    )
})

catalog('the listing shows every kind of change', async (context) => {
  const url = await database(context, true)
  const before = await catalogOf(url)
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const changes: [change: string, undo: string][] = [
    ["comment on column posts.likes is 'other'", ''],
    ['alter table posts alter likes drop not null', 'alter table posts alter likes set not null'],
    ['alter table posts alter likes set default 1', 'alter table posts alter likes set default 0'],
    ['grant select on posts to web_anon', 'revoke select on posts from web_anon'],
    ['grant update (likes) on posts to web_anon', 'revoke update (likes) on posts from web_anon'],
    ['grant usage on schema public to public', 'revoke usage on schema public from public'],
    ['alter index posts_newest rename to other', 'alter index other rename to posts_newest'],
    ['alter table posts enable row level security', 'alter table posts disable row level security'],
    ['alter view api.posts set (security_barrier)', 'alter view api.posts reset (security_barrier)'],
    ['alter function pre_request() volatile', 'alter function pre_request() stable'],
    ['alter function pre_request() security definer', 'alter function pre_request() security invoker'],
    ['grant execute on function pre_request() to public', 'revoke execute on function pre_request() from public'],
    ['alter table reports owner to ingest', 'alter table reports owner to current_user'],
    ["create domain extra as text check (value <> '')", 'drop domain extra'],
    ['create sequence extra', 'drop sequence extra'],
    [
      'alter default privileges grant select on tables to web_anon',
      'alter default privileges revoke select on tables from web_anon',
    ],
  ]
  for (const [change, undo] of changes) {
    await client.query(change)
    assert.notEqual(catalogDifference(before, await catalogOf(url)).length, 0, `not seen: ${change}`)
    if (undo) await client.query(undo)
    else
      await client.query(
        `comment on column posts.likes is '${before
          .find((line) => line.startsWith('column public.posts.likes: '))!
          .split(' | ')
          .at(-1)}'`,
      )
  }
  await client.end()
  assertSame(before, await catalogOf(url))
})

catalog('up, rollback to zero, up again leaves the same catalog, and zero is empty', async (context) => {
  const url = await database(context, false)
  const empty = await catalogOf(url)
  await dbmate(['up'], url)
  const first = await catalogOf(url)
  assertSame(first, await catalogOf(await database(context, true)))

  for (const _ of readMigrations()) await dbmate(['rollback'], url)
  assert.match(await dbmate(['status'], url), /^Applied: 0$/m)
  assertSame(withoutRoles(empty), withoutRoles(await catalogOf(url)))

  await dbmate(['up'], url)
  assertSame(first, await catalogOf(url))
})

catalog('a second database in the cluster, where the roles exist, is the same', async () => {
  const server = await throwawayServer()
  const [first, second] = ['one', 'two'].map((name) => server.url.replace('/postgres?', `/${name}?`)) as [
    string,
    string,
  ]
  await dbmate(['up'], first)
  await dbmate(['up'], second)
  assertSame(await catalogOf(first), await catalogOf(second))
  await server.stop()
})

catalog(
  'each view and function can be applied again under a newer version, alone, and changes nothing',
  async (context) => {
    const url = await database(context, true)
    const before = await catalogOf(url)
    const project = projectCopy('again')
    let version = 20990101000000
    for (const { file } of definitions) {
      renameSync(join(project, file), join(project, dirname(file), newer(file, ++version)))
      await dbmate(['up'], url, { project })
      assertSame(before, await catalogOf(url))
    }
  },
)

catalog('a database with older definitions ends up the same as a new one', async (context) => {
  // As if the previous release had defined each with another comment, and the functions with other properties.
  const url = await database(context, true)
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(`do $$
    declare each record;
    begin
      for each in
        select p.oid::regprocedure as name, obj_description(p.oid, 'pg_proc') as comment
        from pg_proc as p
        where pronamespace in ('api'::regnamespace, 'public'::regnamespace) and prokind = 'f'
          and not exists (select from pg_depend where classid = 'pg_proc'::regclass and objid = p.oid and deptype = 'e')
      loop
        execute format('alter function %s cost 77 parallel restricted', each.name);
        if each.comment is not null then execute format('comment on function %s is %L', each.name, 'older'); end if;
      end loop;
      for each in
        select c.oid::regclass as name, obj_description(c.oid, 'pg_class') as comment
        from pg_class as c where relnamespace in ('api'::regnamespace, 'public'::regnamespace) and relkind = 'v'
      loop
        execute format('alter view %s set (security_barrier)', each.name);
        if each.comment is not null then execute format('comment on view %s is %L', each.name, 'older'); end if;
      end loop;
    end $$`)
  await client.end()
  assert.ok((await catalogOf(url)).join().includes('older'))

  const now = projectCopy('now')
  for (const { file } of definitions) renameSync(join(now, file), join(now, dirname(file), newer(file)))
  await dbmate(['up'], url, { project: now })
  assertSame(await catalogOf(await database(context, true)), await catalogOf(url))
})

function newer(file: string, version?: number): string {
  return basename(file).replace(/^\d+/, (digits) => String(version ?? BigInt(digits) + 100000000000000n))
}

catalog.run()
