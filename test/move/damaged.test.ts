import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import Database, { DRIVER } from '../../tooling/lib/move/sqlite-driver.ts'
import { PROJECT } from '../../tooling/lib/project.ts'
import { freshDatabase, type Database as Postgres } from '../support/database.ts'
import { change, type Files, filesOf, goodRows, moveAndCheck, run, temporaryFolder, writeSource } from './support.ts'

// Source files that a killed writer or a failing disk left: what is damaged is named, and the advice brings what can be read.

const test = suite('damaged source files', {} as { db: Postgres; source: string; files: Files })

test.before.each(async (context) => {
  context.source = join(temporaryFolder(), 'x_monitor.db')
  context.files = filesOf(context.source)
  context.db = await freshDatabase()
})
test.after.each(({ db }) => db.drop())

/** What the command that a message advises does, in the folder of the source. */
async function follow(stderr: string, folder: string) {
  const [, name, args] = /npm run (\w+) -- (.+?), then/.exec(stderr) ?? []
  const ended = await run(name!, args!.split(' '), { cwd: folder })
  assert.equal(ended.code, 0, ended.stderr)
  return { rescued: filesOf(join(folder, 'rescued.db'), join(folder, 'rescued')), stdout: ended.stdout }
}

test('a writer that was killed leaves a journal: it is named, and the advice gives exactly what was committed', async ({
  db,
  source,
}) => {
  writeSource(source, goodRows(3_000))
  const writer = spawn(
    process.execPath,
    [
      '-e',
      `const db = require('${DRIVER}')(process.argv[1])
      db.pragma('cache_size = 5')
      db.exec("begin; update tweets set body_text = 'never committed'; delete from runs")
      console.log('written')
      setInterval(() => {}, 1000)`,
      source,
    ],
    { cwd: PROJECT, stdio: ['ignore', 'pipe', 'inherit'] },
  )
  await once(writer.stdout, 'data')
  const gone = once(writer, 'exit')
  writer.kill('SIGKILL')
  await gone

  const left = [source, `${source}-journal`].map((file) => readFileSync(file))
  const { code, stderr } = await run('snapshot', ['--source', source, '--out', join(source, '../never')])
  assert.equal(code, 1)
  assert.ok(stderr.includes(`error: ${source}-journal was left by a writer that was killed`), stderr)
  const { rescued } = await follow(stderr, join(source, '..'))
  assert.ok([source, `${source}-journal`].every((file, index) => readFileSync(file).equals(left[index]!)))
  const report = await moveAndCheck(db, rescued)
  for (const { read, inserted } of Object.values(report.tables)) assert.deepEqual([read, inserted], [3_000, 3_000])
  assert.deepEqual(await db.query("select 1 from posts where body_text = 'never committed'"), [])
})

/** A search index beside the five tables, and what breaks it. */
const BROKEN_INDEXES: [what: string, sql: string][] = [
  [
    'needs a tokenizer that is not here',
    `update sqlite_schema set sql = 'create virtual table tweets_fts using fts5(body, tokenize=''jieba'')' where name = 'tweets_fts'`,
  ],
  [
    'needs a module that is not here',
    `update sqlite_schema set sql = 'create virtual table tweets_fts using fts9(body)' where name = 'tweets_fts'`,
  ],
  ['has lost its tables', "delete from sqlite_schema where name like 'tweets_fts_%'"],
  ['is damaged', "update tweets_fts_data set block = x'00ff'"],
]

for (const [what, sql] of BROKEN_INDEXES)
  test(`a search index that ${what} does not stop the move, and is named`, async ({ db, source, files }) => {
    writeSource(source, goodRows(3))
    const file = new Database(source)
    file.exec("create virtual table tweets_fts using fts5(body); insert into tweets_fts values ('words')")
    file.unsafeMode()
    file.pragma('writable_schema = on')
    file.exec(sql)
    file.close()
    const report = await moveAndCheck(db, files)
    assert.equal(report.tables.posts!.inserted, 3)
    const { stdout } = await run('snapshot', ['--source', source, '--out', files.out])
    assert.match(stdout, /^not moved: table tweets_fts, /m)
    if (!what.includes('module'))
      assert.match(stdout, /^not moved: a problem in the file that does not concern the move: ./m)
  })

test('an index with a collation or a function that only the monitor has does not stop the move', async ({
  db,
  source,
  files,
}) => {
  for (const on of ['body_text collate icu_de', 'words(body_text)']) {
    writeSource(source, goodRows(3))
    const file = new Database(source)
    file.exec("update tweets set body_text = 'text ' || status_id; create index by_text on tweets (body_text)")
    file.unsafeMode()
    file.pragma('writable_schema = on')
    file.exec(`update sqlite_schema set sql = 'create index by_text on tweets (${on})' where name = 'by_text'`)
    file.close()
    await moveAndCheck(db, files)
    const { not_moved } = JSON.parse(readFileSync(join(files.out, 'manifest.json'), 'utf8'))
    assert.match(not_moved.problems.join(), /^tweets: (no such collation|unknown function)/)
  }
})

test('a damaged page of a table that is not moved does not stop the move', async ({ db, source, files }) => {
  writeSource(source, goodRows(3))
  change(
    source,
    `create table other (name text, text text); create index other_name on other (name);
     insert into other select value, hex(randomblob(400)) from generate_series(1, 200)`.replace(
      'from generate_series(1, 200)',
      'from (with recursive n(value) as (select 1 union all select value + 1 from n where value < 200) select value from n)',
    ),
  )
  damage(source, 'other')
  const report = await moveAndCheck(db, files)
  assert.equal(report.tables.posts!.inserted, 3)
  const manifest = JSON.parse(readFileSync(join(files.out, 'manifest.json'), 'utf8'))
  assert.equal(manifest.integrity_check, 'ok')
  assert.equal(manifest.not_moved.problems.length, 1)
})

test('a damaged index: the message names the table and what can be read, and the advice loses nothing', async ({
  db,
  source,
}) => {
  writeSource(source, goodRows(500))
  damage(source, 'sqlite_autoindex_tweets_1')
  const { code, stderr } = await run('snapshot', ['--source', source, '--out', join(source, '../never')])
  assert.equal(code, 1)
  assert.match(
    stderr,
    /x_monitor\.db is damaged: tweets \(.+; all 500 rows can be read\); undamaged: watch_accounts, reports, runs, tweet_embeddings\.\n/,
  )
  const { rescued, stdout } = await follow(stderr, join(source, '..'))
  assert.match(stdout, /^tweets: 500 rows$/m)
  assert.equal((await moveAndCheck(db, rescued)).tables.posts!.inserted, 500)
})

test('a damaged page of a table: the message says how much can be read, and the advice brings all of that', async ({
  db,
  source,
}) => {
  writeSource(source, goodRows(500))
  damage(source, 'runs')
  const before = readFileSync(source)
  const { code, stderr } = await run('snapshot', ['--source', source, '--out', join(source, '../never')])
  assert.equal(code, 1)
  const [, first, last] = /runs \(.+; (\d+) rows can be read from its start and (\d+) from its end\)/.exec(stderr) ?? []
  assert.ok(Number(first) > 0 && Number(last) > 0 && Number(first) + Number(last) < 500, stderr)
  const { rescued, stdout } = await follow(stderr, join(source, '..'))
  assert.ok(readFileSync(source).equals(before))
  assert.match(stdout, new RegExp(`^runs: ${Number(first) + Number(last)} rows, all that could be read$`, 'm'))
  const report = await moveAndCheck(db, rescued)
  assert.equal(report.tables.pipeline_runs!.inserted, Number(first) + Number(last))
  assert.equal(report.tables.posts!.inserted, 500)
})

test('a damaged overflow page: the advice brings every other row', async ({ db, source }) => {
  const rows = goodRows(300)
  for (const row of rows.tweets!.slice(100, 103)) row.body_text = 'long text '.repeat(1_000)
  writeSource(source, rows)
  damage(source, 'tweets', 'overflow')
  const { code, stderr } = await run('snapshot', ['--source', source, '--out', join(source, '../never')])
  assert.equal(code, 1)
  const { rescued, stdout } = await follow(stderr, join(source, '..'))
  assert.match(stdout, /^tweets: 299 rows, all that could be read$/m)
  assert.equal((await moveAndCheck(db, rescued)).tables.posts!.inserted, 299)
})

test('a damaged first page: the rescue says that nothing can be read, and does not advise itself', async ({
  source,
}) => {
  writeSource(source, goodRows(3))
  writeFileSync(source, readFileSync(source).fill(0xff, 100, 200))
  const { code, stderr } = await run('rescue', ['--source', source, '--out', join(source, '../rescued.db')])
  assert.equal(code, 1)
  assert.match(stderr, /error: \S+x_monitor\.db cannot be rescued: .+\.\n {2}Restore it from a backup\.\n$/)
})

test.run()

/** Overwrites the middle of a page that holds rows of a table or entries of an index. */
function damage(file: string, name: string, type = 'leaf'): void {
  const db = new Database(file)
  const page = db
    .prepare('select pageno from dbstat where name = ? and pagetype = ? limit 1 offset ?')
    .pluck()
    .get(name, type, type === 'leaf' ? 1 : 0) as number
  const size = db.pragma('page_size', { simple: true }) as number
  db.close()
  const bytes = readFileSync(file)
  bytes.fill(0xff, (page - 1) * size, (page - 1) * size + 200)
  writeFileSync(file, bytes)
}
