import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import { freshDatabase, type Database as Postgres } from '../support/database.ts'
import { change, type Files, filesOf, good, goodRows, run, temporaryFolder, writeSource } from './support.ts'

// What the commands say at the end, and what the operator keeps.

const test = suite('reports', {} as { db: Postgres; files: Files; env: NodeJS.ProcessEnv; place: string })

test.before.each(async (context) => {
  context.db = await freshDatabase()
  context.files = filesOf(join(temporaryFolder(), 'x_monitor.db'))
  context.env = { DATABASE_URL: context.db.url }
  const { pathname, host } = new URL(context.db.url)
  context.place = `${pathname.slice(1)} on ${host}`
})
test.after.each(({ db }) => db.drop())

const migrate = ({ source, out }: Files, env: NodeJS.ProcessEnv, ...flags: string[]) =>
  run('migrate', ['--source', source, '--out', out, ...flags], { env })
const page = ({ out }: Files) => readFileSync(join(out, 'validation.html'), 'utf8')
const posts = async (db: Postgres) => (await db.query('select from posts')).length

/** Twenty posts; the last one is rejected, and its report and its embedding with it. */
function writeWithReject({ source }: Files): void {
  writeSource(source, goodRows(20))
  change(source, "update tweets set likes = 'many' where status_id = '20'")
}

test('without rejects the report and the last line say that everything was moved', async ({ files, env, place }) => {
  writeSource(files.source, goodRows(3))
  const { code, stdout, stderr } = await migrate(files, env)
  assert.equal(code, 0, stderr)
  assert.ok(
    stdout.endsWith(`validated: both sides are equal (${files.out}/validation.html)\nmoved: 3 posts, nothing lost\n`),
  )
  assert.ok(page(files).includes('Postgres holds what SQLite holds</h1>'))
  // Before anything is changed there.
  assert.ok(stderr.indexOf(`Database: ${place} as postgres\n`) < stderr.indexOf('Applying: db/'), stderr)
})

test('with rejects neither does: both say how many, and the report says why, with examples', async ({
  db,
  files,
  env,
}) => {
  writeWithReject(files)
  const { code, stdout } = await migrate(files, env)
  assert.equal(code, 0)
  assert.ok(
    stdout.endsWith(
      `validated: equal, except for 3 rejected rows (${files.out}/validation.html)\nmoved: 19 posts, 3 rows rejected, each with its reason\n`,
    ),
  )
  const html = page(files)
  assert.doesNotMatch(html, /holds what SQLite holds/)
  for (const part of [
    'All rows are in Postgres but 3, which were rejected</h1>',
    "line 20: 'many' is not an integer",
    'line 20: no post has this status_id',
    `database ${new URL(db.url).pathname.slice(1)} on 127.0.0.1, port ${new URL(db.url).port} `,
    'not moved: column runs.id, a value in 20 rows',
  ])
    assert.ok(html.includes(part), part)
})

test('what differs comes first, and what failed is a word as well as a colour', async ({ db, files, env }) => {
  writeSource(files.source, goodRows(3))
  await migrate(files, env)
  await db.query(`update posts set body_text = '<b>' || chr(27) || '[2J' where status_id = '2'`)
  await db.query(`
    insert into posts (status_id, url, author_handle, discovered_at, last_seen_at)
    values ('9' || chr(10) || 'ok    everything', 'u', 'a', now(), now())`)
  const args = ['--snapshot', files.snapshot, '--rejects', files.rejects, '--out', files.out]
  const { code, stdout } = await run('validate', args, { env })
  assert.equal(code, 1)
  assert.ok(stdout.includes("posts 2 changed.body_text: NULL in SQLite, '<b>\\u001b[2J' in Postgres"))
  assert.ok(stdout.includes('posts 9\\u000aok    everything not in SQLite'))
  const html = page(files)
  assert.ok(html.includes('<h1><span class="mark fail">FAIL</span> Postgres and SQLite differ</h1>'))
  assert.ok(!html.includes('<b>'))
  const order = ['<h2>Differences', '<h2>Exceptions', '<h2>Tables', '<h2>Checks'].map((part) => html.indexOf(part))
  assert.deepEqual(
    order,
    [...order].sort((a, b) => a - b),
  )
  const checks = html.slice(html.indexOf('<h2>Checks'))
  assert.ok(checks.indexOf('FAIL') < checks.indexOf('>ok<'))
})

test('a strict move with a reject imports nothing and names the reason', async ({ db, files, env }) => {
  writeWithReject(files)
  const { code, stderr } = await migrate(files, env, '--strict')
  assert.equal(code, 1)
  assert.match(
    stderr,
    /error: 3 rows cannot be moved; nothing was imported\.\n {4}1 tweets\.likes is not an integer \('many', line 20\)/,
  )
  assert.equal(await posts(db), 0)
})

test('a dry run of the whole move changes nothing in the database, and prints what would come', async ({
  db,
  files,
  env,
}) => {
  writeWithReject(files)
  const { code, stdout } = await migrate(files, env, '--dry-run')
  assert.equal(code, 0)
  assert.match(stdout, /^posts: 20 read = 19 inserted \+ 0 updated \+ 0 unchanged \+ 1 rejected$/m)
  assert.ok(stdout.endsWith('dry run: everything was rolled back\n'))
  assert.equal(await posts(db), 0)
})

test('a dry run does not apply db/ either: it says how to', async ({ files, env }) => {
  writeSource(files.source, { tweets: [good('tweets', 1)] })
  const bare = await freshDatabase({ migrated: false })
  const { code, stderr } = await migrate(files, { ...env, DATABASE_URL: bare.url }, '--dry-run')
  assert.equal(code, 1)
  assert.match(stderr, /npm run db:up/)
  assert.deepEqual(await bare.query("select from pg_tables where schemaname = 'public'"), [])
  await bare.drop()
})

test('a rollback names the database, also when it refuses', async ({ env, place }) => {
  const refused = await run('rollback', [], { env })
  assert.equal(refused.code, 2)
  assert.equal(
    refused.stderr,
    `error: This empties the six tables of the database ${place}.\n  To confirm, run: npm run rollback -- --yes\n`,
  )
  const { stderr } = await run('rollback', ['--yes'], { env })
  assert.ok(stderr.startsWith(`Database: ${place} as postgres\n`), stderr)
})

test.run()
