import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import Database from '../../tooling/lib/move/sqlite-driver.ts'
import { freshDatabase, type Database as Postgres } from '../support/database.ts'
import {
  AT,
  change,
  check,
  type Files,
  filesOf,
  good,
  goodRows,
  moveAndCheck,
  readRejects,
  run,
  TABLES,
  temporaryFolder,
  writeSource,
} from './support.ts'

// Source files that are not as a monitor writes them: each row is moved or rejected, and what is left out is named.

const test = suite('faults of a source file', {} as { db: Postgres; source: string; files: Files })

test.before.each(async (context) => {
  context.source = join(temporaryFolder(), 'x_monitor.db')
  context.files = filesOf(context.source)
  context.db = await freshDatabase()
})
test.after.each(({ db }) => db.drop())

test('an instant outside the years 0001 to 9999 in UTC is a reject, the first instant of all is not', async ({
  db,
  source,
  files,
}) => {
  writeSource(source, {
    tweets: [
      good('tweets', 1, { discovered_at: '0001-01-01T00:00:00Z' }),
      good('tweets', 2, { discovered_at: '9999-12-31T23:59:59-05:00' }),
      good('tweets', 3, { last_seen_at: '0001-01-01T00:00:00+01:00' }),
    ],
    reports: [good('reports', 1), good('reports', 2, { status_id: '1', reported_at: '9999-12-31T23:00-02:00' })].slice(
      0,
      1,
    ),
  })
  const report = await moveAndCheck(db, files)
  assert.deepEqual([report.tables.posts!.inserted, report.tables.posts!.rejected], [1, 2])
  assert.deepEqual(
    readRejects(files).map(({ field, reason }) => `${field} ${reason}`),
    [
      "discovered_at '9999-12-31T23:59:59-05:00' is outside the years 0001 to 9999 in UTC",
      "last_seen_at '0001-01-01T00:00:00+01:00' is outside the years 0001 to 9999 in UTC",
    ],
  )
})

test('a generated column of JSON is the text that SQLite shows', async ({ db, source, files }) => {
  writeSource(
    source,
    { tweets: [good('tweets', 1)] },
    {
      tweets: TABLES.tweets
        .replace('body_text text', "raw text, body_text text as (raw -> '$.text') virtual")
        .replace('likes integer', "likes integer as (raw -> '$.likes') virtual"),
      tweet_embeddings: TABLES.tweet_embeddings.replace(
        'vector_json text',
        "raw text, vector_json text as (raw -> '$.vector') virtual",
      ),
    },
  )
  change(
    source,
    `update tweets set raw = '{"text":"hello","likes":7}';
     insert into tweet_embeddings (status_id, backend, model, dims, raw, text_hash, created_at)
       values ('1', 'b', 'm', 2, '{"vector":[0.1, 2]}', 'h', '${AT}')`,
  )
  await moveAndCheck(db, files)
  assert.deepEqual(await db.query('select body_text, likes from posts'), [{ body_text: '"hello"', likes: '7' }])
  assert.deepEqual(await db.query('select vector_json from embeddings'), [{ vector_json: [0.1, 2] }])
})

test('columns called rowid, _rowid_ and oid hide nothing: every row is moved or a reject', async ({
  db,
  source,
  files,
}) => {
  for (const columns of [['rowid'], ['rowid', '_ROWID_'], ['oid', 'rowid', '_rowid_']]) {
    const tweets = TABLES.tweets.replace(
      'likes integer',
      `likes integer, ${columns.map((name) => `${name} text`).join(', ')}`,
    )
    writeSource(
      source,
      { tweets: [1, 2, 3].map((n) => good('tweets', n, { rowid: 'same' })) },
      {
        tweets: columns.includes('rowid') ? tweets : TABLES.tweets,
      },
    )
    change(source, "update tweets set body_text = cast(x'61ff' as text) where status_id in ('1', '3')")
    const report = await moveAndCheck(db, files)
    assert.deepEqual([report.tables.posts!.read, report.tables.posts!.rejected], [3, 2], columns.join())
    assert.deepEqual(
      readRejects(files).map(({ line, reason }) => `${line} ${reason}`),
      ['1 is not valid UTF-8', '3 is not valid UTF-8'],
    )
  }
})

test('a view in place of a table is moved like the table', async ({ db, source, files }) => {
  writeSource(source, goodRows(5))
  change(
    source,
    `alter table runs rename to all_runs;
     create view runs as select run_at, upper(mode) as mode, fetched_count, note from all_runs order by id desc`,
  )
  const report = await moveAndCheck(db, files)
  assert.equal(report.tables.pipeline_runs!.inserted, 5)
})

test('a view that cannot be read is named', async ({ source, files }) => {
  writeSource(source, goodRows(1))
  change(
    source,
    'alter table runs rename to all_runs; create view runs as select * from all_runs; pragma writable_schema = on',
  )
  const file = new Database(source)
  file.unsafeMode()
  file.pragma('writable_schema = on')
  file.exec("delete from sqlite_schema where name = 'all_runs'")
  file.close()
  const { code, stderr } = await run('snapshot', ['--source', source, '--out', files.out])
  assert.equal(code, 1)
  assert.match(
    stderr,
    /error: Cannot read \S+: no such table: main\.all_runs\.\n {2}A view or a generated column needs it\./,
  )
})

test('every row of a table rejected is an error, with the reasons and what the values probably are', async ({
  db,
  source,
  files,
}) => {
  const seconds = (n: number) => ({ discovered_at: 1_767_225_600 + n, last_seen_at: 1_767_225_600 })
  const tweets = TABLES.tweets.replace('discovered_at text, last_seen_at text', 'discovered_at, last_seen_at')
  writeSource(source, { ...goodRows(5), tweets: [0, 1, 2, 3, 4].map((n) => good('tweets', n, seconds(n))) }, { tweets })
  const env = { DATABASE_URL: db.url }
  const { code, stdout, stderr } = await run('migrate', ['--source', source, '--out', files.out], { env })
  assert.equal(code, 1)
  assert.equal(stdout, '')
  assert.equal(
    stderr.slice(stderr.indexOf('error: ')),
    `error: Every row of tweets (5), reports (5), tweet_embeddings (5) was rejected; nothing was imported.
    5 tweets.discovered_at is not an ISO 8601 timestamp; it looks like Unix seconds (1767225600, line 1)
    5 reports.status_id no post has this status_id (line 1)
    5 tweet_embeddings.status_id no post has this status_id (line 1)
  The rows are in ${files.rejects}. Fix them in the source, or import the rest with --allow-rejected-tables.
`,
  )
  assert.deepEqual(await db.query('select from watch_accounts'), [])
  assert.equal(readRejects(files).length, 15)

  const args = ['--in', files.folder, '--rejects', files.rejects, '--allow-rejected-tables']
  const allowed = await run('import', args, { env })
  assert.equal(allowed.code, 0, allowed.stderr)
  assert.match(allowed.stdout, /^rejects: 15, listed in .*\n {4}5 tweets\.discovered_at is not an ISO 8601/m)
  assert.equal((await db.query('select from watch_accounts')).length, 5)
})

test('a table and columns that are not moved are named with their rows, in the output, the manifest and the report', async ({
  db,
  source,
  files,
}) => {
  writeSource(source, goodRows(4))
  change(
    source,
    `create table mentions (status_id, handle); insert into mentions values ('1', 'bob'), ('2', 'eve');
     create table settings (key, value); create view handles as select handle from mentions;
     alter table tweets add column lang text; update tweets set lang = 'en' where status_id < '4'`,
  )
  const { stdout } = await run('snapshot', ['--source', source, '--out', files.out])
  for (const line of [
    'column tweets.lang, a value in 3 rows',
    'column runs.id, a value in 4 rows',
    'table mentions, 2 rows',
  ])
    assert.ok(stdout.includes(`not moved: ${line}\n`), stdout)
  const notMoved = {
    tables: { mentions: 2, settings: 0 },
    columns: { tweets: { lang: 3 }, runs: { id: 4 } },
    problems: [],
  }
  assert.deepEqual(JSON.parse(readFileSync(join(files.out, 'manifest.json'), 'utf8')).not_moved, notMoved)
  await moveAndCheck(db, files)
  assert.deepEqual(JSON.parse(readFileSync(join(files.out, 'validation.json'), 'utf8')).not_moved, notMoved)
  const page = readFileSync(join(files.out, 'validation.html'), 'utf8')
  assert.ok(page.includes('table mentions, 2 rows'))
})

test('a table of 1,200 columns, the last of them in its place in the reject file', async ({ db, source, files }) => {
  const more = Array.from({ length: 1_185 }, (_, n) => `more_${n} text default 'x${n}'`)
  const tweets = TABLES.tweets.replace(/\)$/, `, ${more.join(', ')})`)
  writeSource(source, { tweets: [good('tweets', 1), good('tweets', 2, { likes: 'many' })] }, { tweets })
  await moveAndCheck(db, files)
  const [reject] = readRejects(files)
  assert.equal(Object.keys(reject!.row).length, 1_200)
  assert.equal(reject!.row.more_1184, 'x1184')
})

for (const encoding of ['UTF-16le', 'UTF-16be'])
  test(`a file in ${encoding} is moved, and what is not valid there is a reject`, async ({ db, source, files }) => {
    const file = new Database(source)
    file.pragma(`encoding = '${encoding}'`)
    file.exec(Object.values(TABLES).join(';'))
    const insert = file.prepare(
      `insert into tweets (status_id, url, author_handle, body_text, discovered_at, last_seen_at) values (?, 'u', 'a', ?, '${AT}', '${AT}')`,
    )
    const texts = ['Grüße, 日本語 👩‍🚀', 'before\0after', '\ufeffreally \ufffd', '']
    for (const [n, text] of texts.entries()) insert.run(String(n), text)
    const half = encoding === 'UTF-16le' ? '3dd86100' : 'd83d0061'
    file.exec(`insert into tweets (status_id, url, author_handle, body_text, discovered_at, last_seen_at)
      values ('half', 'u', 'a', cast(x'${half}' as text), '${AT}', '${AT}')`)
    file.close()
    const report = await moveAndCheck(db, files)
    assert.equal(report.tables.posts!.rejected, 2)
    assert.deepEqual(
      readRejects(files).map(({ row, reason }) => `${row.status_id}: ${reason}`),
      ['1: holds a NUL character, which Postgres cannot store', 'half: is not valid UTF-16'],
    )
    const rows = await db.query('select body_text from posts order by status_id')
    assert.deepEqual(
      rows.map(({ body_text }) => body_text),
      [texts[0], texts[2], texts[3]],
    )
  })

test('a row that is too long is a reject with the limit; a long value that is not moved does not matter', async ({
  db,
  source,
  files,
}) => {
  writeSource(source, { ...goodRows(3), tweets: [1, 2, 3, 4].map((n) => good('tweets', n)) })
  // hex() of so many bytes is twice as long.
  change(
    source,
    `alter table tweets add column raw text;
     update tweets set body_text = hex(zeroblob(22000000)) where status_id = '1';
     update tweets set body_text = hex(zeroblob(11000000)), url = hex(zeroblob(11000000)) where status_id = '2';
     update tweets set raw = hex(zeroblob(22000000)), body_text = 'beside it' where status_id = '3';
     update reports set summary = zeroblob(44000000) where status_id = '1'`,
  )
  const report = await moveAndCheck(db, files)
  assert.deepEqual([report.tables.posts!.inserted, report.tables.posts!.rejected], [2, 2])
  assert.deepEqual(
    readRejects(files).map(({ table, line, field, reason }) => `${table} ${line} ${field} ${reason}`),
    [
      'tweets 1 body_text a value of 44,000,000 bytes is too long: a row can have 40,000,000 bytes at most',
      'tweets 2 url a value of 22,000,000 bytes is too long: a row can have 40,000,000 bytes at most',
      'reports 1 summary a value of 44,000,000 bytes is too long: a row can have 40,000,000 bytes at most',
      'reports 2 status_id no post has this status_id',
      'tweet_embeddings 1 status_id no post has this status_id',
      'tweet_embeddings 2 status_id no post has this status_id',
    ],
  )
  assert.deepEqual(readRejects(files)[0]!.row.body_text, { $too_long: 44_000_000 })
  assert.deepEqual(await db.query("select body_text from posts where status_id = '3'"), [{ body_text: 'beside it' }])
})

test('a negative zero in a vector is counted: Postgres keeps no sign of it', async ({ db, source, files }) => {
  const rows = goodRows(3)
  const vectors = rows.tweet_embeddings!
  for (const vector of vectors.slice(0, 2)) vector.vector_json = '[-0.0, 1]'
  vectors[1]!.status_id = 'of no post'
  writeSource(source, rows)
  assert.equal((await moveAndCheck(db, files)).negative_zeros, 1)
  assert.equal((await check(db, files)).negative_zeros, 1)
  const { stdout } = await run('import', ['--in', files.folder, '--rejects', files.rejects], {
    env: { DATABASE_URL: db.url },
  })
  assert.match(stdout, /^vectors with -0: 1, which Postgres stores as 0/m)
})

test.run()
