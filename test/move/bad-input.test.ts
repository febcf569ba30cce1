import assert from 'node:assert/strict'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { suite } from 'uvu'
import { digestOf } from '../../tooling/lib/digest.js'
import { exportSnapshot } from '../../tooling/lib/move/export.ts'
import { takeSnapshot } from '../../tooling/lib/move/snapshot.ts'
import Database from '../../tooling/lib/move/sqlite-driver.ts'
import { TARGET_TABLES } from '../../tooling/lib/move/tables.ts'
import { freshDatabase, type Database as Postgres } from '../support/database.ts'
import {
  change,
  type Ended,
  type Files,
  filesOf,
  goodRows,
  run,
  start,
  TABLES,
  temporaryFolder,
  writeSource,
} from './support.ts'

const test = suite('bad input', {} as { db: Postgres; folder: string; files: Files })

test.before(async (context) => {
  context.folder = temporaryFolder()
  context.files = filesOf(writeSource(join(context.folder, 'good.db'), goodRows(50)))
  context.db = await freshDatabase()
  await takeSnapshot(context.files.source, context.files.out)
  await exportSnapshot(context.files.snapshot, context.files.folder)
})
test.after(async ({ db }) => {
  await db.drop()
})

/** Asserts that the command failed with exactly this fact, next step and exit code, and printed nothing to stdout. */
function refused(
  { code, stdout, stderr }: Ended,
  exitCode: number,
  fact: string | RegExp,
  next: string | RegExp,
): void {
  assert.equal(code, exitCode, stderr)
  assert.equal(stdout, '')
  const [said, then] = stderr
    .slice(stderr.lastIndexOf('error: ') + 'error: '.length)
    .trimEnd()
    .split('\n  ')
  for (const [text, expected] of [
    [said!, fact],
    [then!, next],
  ] as const)
    if (typeof expected === 'string') assert.equal(text, expected)
    else assert.match(text, expected)
}

async function isEmpty(db: Postgres): Promise<void> {
  for (const table of TARGET_TABLES) assert.deepEqual(await db.query(`select 1 from ${table} limit 1`), [], table)
}

/** A copy of the export that a test may damage. */
function exportCopy({ folder, files }: { folder: string; files: Files }, name: string): string {
  const copy = join(folder, name)
  cpSync(files.folder, copy, { recursive: true })
  return copy
}

test('files that are not a complete SQLite source are refused, each with its reason', async ({ folder, files }) => {
  const file = (name: string) => join(folder, name)
  const other = (name: string, tables: string[]) => {
    const db = new Database(file(name))
    db.exec(tables.join(';'))
    db.close()
  }
  writeFileSync(file('text.db'), 'this is a text, and long enough to hold a header of SQLite. '.repeat(4))
  writeFileSync(file('empty.db'), '')
  cpSync(files.source, file('cut.db'))
  truncateSync(file('cut.db'), 8192)
  cpSync(files.source, file('damaged.db'))
  const bytes = readFileSync(files.source)
  bytes.fill(0xff, 4096 * 2, 4096 * 3)
  writeFileSync(file('damaged.db'), bytes)
  const { runs, ...most } = TABLES
  other('no-table.db', Object.values(most))
  other('no-column.db', Object.values({ ...TABLES, tweets: TABLES.tweets.replace('discovered_at text,', '') }))
  mkdirSync(file('folder'))

  const size = bytes.length
  const cases: [name: string, fact: string | RegExp, next: string | RegExp][] = [
    ['none.db', `There is no file ${file('none.db')}.`, 'Check the path; the monitor keeps its file as x_monitor.db.'],
    ['folder', `${file('folder')} is not a file.`, 'Give the SQLite file itself.'],
    [
      'text.db',
      `${file('text.db')} is not a SQLite database.`,
      "Give the monitor's SQLite file, not an export or a dump of it.",
    ],
    [
      'empty.db',
      `${file('empty.db')} is not a SQLite database.`,
      "Give the monitor's SQLite file, not an export or a dump of it.",
    ],
    [
      'cut.db',
      `${file('cut.db')} is damaged: it ends after 8192 of ${size} bytes.`,
      /^Restore it from a backup, or continue with what can be read: npm run rescue/,
    ],
    [
      'damaged.db',
      new RegExp(`^${file('damaged.db')} is damaged: `),
      /^Restore it from a backup, or continue with what can be read: npm run rescue/,
    ],
    [
      'no-table.db',
      `${file('no-table.db')} has no table runs.`,
      /^A monitor's file has the tables watch_accounts, tweets, reports, runs, tweet_embeddings\./,
    ],
    [
      'no-column.db',
      `Table tweets of ${file('no-column.db')} has no column discovered_at (or captured_at, created_at).`,
      /^Its columns are status_id, url, author_handle, .*Add the missing one/,
    ],
  ]
  const out = file('nothing-here')
  const ends = await Promise.all(cases.map(([name]) => run('snapshot', ['--source', file(name), '--out', out])))
  for (const [index, [, fact, next]] of cases.entries()) refused(ends[index]!, 1, fact, next)
  assert.ok(!(existsSync(out) && readDirectory(out).length > 0))
})

test('an export that is missing, truncated, changed or not JSON is not imported', async (context) => {
  const { db, files } = context
  const folders = ['missing', 'cut', 'changed', 'short', 'unfinished'].map((name) => exportCopy(context, name))
  const tweets = folders.map((folder) => join(folder, 'tweets.jsonl'))
  const size = readFileSync(tweets[0]!).length
  rmSync(tweets[0]!)
  truncateSync(tweets[1]!, size - 10)
  writeFileSync(tweets[2]!, readFileSync(tweets[2]!, 'utf8').replace('"url":"h', '"url":"H'))
  // The manifest matches, but a line is not JSON.
  writeFileSync(tweets[3]!, readFileSync(tweets[3]!, 'utf8').replace('\n{', '\n#'))
  const manifest = join(folders[3]!, 'manifest.json')
  const written = JSON.parse(readFileSync(manifest, 'utf8'))
  Object.assign(written.tables.tweets, await digestOf(tweets[3]!))
  writeFileSync(manifest, JSON.stringify(written))
  rmSync(join(folders[4]!, 'manifest.json'))

  const again = 'Export again: npm run export'
  const facts: [fact: string, next: string][] = [
    [`${tweets[0]} is missing.`, again],
    [`${tweets[1]} has ${size - 10} bytes, but its manifest says ${size}.`, again],
    [`${tweets[2]} was changed after the export: the SHA-256 differs from its manifest.`, again],
    [`${tweets[3]} line 2 is not a row of an export.`, `Nothing was imported. ${again}`],
    [`Cannot read ${join(folders[4]!, 'manifest.json')}: ENOENT.`, 'Create it with: npm run export'],
  ]
  for (const [index, folder] of folders.entries()) {
    const args = ['--in', folder, '--rejects', join(folder, 'rejects.jsonl')]
    refused(await run('import', args, { env: { DATABASE_URL: db.url } }), 1, ...facts[index]!)
    assert.ok(!existsSync(join(folder, 'rejects.jsonl')))
  }
  await isEmpty(db)
  assert.ok(existsSync(files.snapshot))
})

test('a database that cannot take the import is named without its password', async (context) => {
  const { db, files } = context
  const args = ['--in', files.folder, '--rejects', files.rejects]
  const at = (change: (url: URL) => void) => {
    const url = new URL(db.url)
    change(url)
    return url.href
  }
  const name = new URL(db.url).pathname.slice(1)
  const role = `reader_${name.slice(-6)}`
  await db.query(`create role ${role} login password 'right' connection limit 0`)
  const bare = await freshDatabase({ migrated: false })
  const cases: [url: string, fact: RegExp, next: string][] = [
    [
      at((url) => {
        url.host = '127.0.0.1:1'
      }),
      /^No server answers \(\w+ on 127\.0\.0\.1:1 as postgres\)/,
      'Start Postgres, or correct DATABASE_URL.',
    ],
    [
      at((url) => {
        url.password = 'wrong'
      }),
      /^The password is wrong \(/,
      'Correct the user or the password in DATABASE_URL or PGPASSWORD.',
    ],
    [
      at((url) => {
        url.password = ''
      }),
      /^The server requires a password \(/,
      'Set PGPASSWORD, or add the password to DATABASE_URL.',
    ],
    [
      at((url) => {
        url.pathname = '/no_such'
      }),
      /^The database does not exist \(/,
      'Create it with its tables: npm run db:up',
    ],
    [
      at((url) => {
        url.username = role
        url.password = 'right'
      }),
      /^The server has no connections left \(/,
      'Close some or raise max_connections, then run this again.',
    ],
    [
      at((url) => {
        url.searchParams.set('options', '-cdefault_transaction_read_only=on')
      }),
      /^The database is read-only \(/,
      'Nothing was imported. Connect to the primary, not to a replica.',
    ],
    [
      bare.url,
      /^This database lacks \d+ of the \d+ files in db\/, first \d+_roles\.sql\.$/,
      'Apply them: npm run db:up',
    ],
  ]
  const ends = await Promise.all(cases.map(([url]) => run('import', args, { env: { DATABASE_URL: url } })))
  cases.forEach(([, fact, next], index) => {
    refused(ends[index]!, 1, fact, next)
    assert.ok(!ends[index]!.stderr.includes(new URL(db.url).password))
  })
  await bare.drop()
  await db.query(`drop role ${role}`)
  const none = await run('import', args, { cwd: context.folder })
  refused(none, 2, 'No database configured.', /^Set DATABASE_URL /)
  await isEmpty(db)
})

test('a second import at the same time waits a little, then is refused', async ({ db, files }) => {
  const other = new pg.Client({ connectionString: db.url })
  await other.connect()
  await other.query('begin')
  await other.query(`select pg_advisory_xact_lock(${0x786d6f6e69746f72n})`)
  const args = ['--in', files.folder, '--rejects', files.rejects]
  const ended = await run('import', args, { env: { DATABASE_URL: db.url } })
  await other.query('rollback')
  await other.end()
  refused(ended, 1, 'Another import is running on this database.', 'Wait until it has finished, then run this again.')
  await isEmpty(db)
})

test('an export that is replaced during the import is refused, even if it is valid', async ({ db, folder, files }) => {
  const copy = exportCopy({ folder, files }, 'replaced')
  const other = new pg.Client({ connectionString: db.url })
  await other.connect()
  await other.query('begin')
  await other.query(`select pg_advisory_xact_lock(${0x786d6f6e69746f72n})`)
  const ended = run('import', ['--in', copy, '--rejects', files.rejects], { env: { DATABASE_URL: db.url } })
  // It waits for the lock only after it has checked the files.
  const waiting =
    'select 1 from pg_locks where not granted and locktype = $1 and database = (select oid from pg_database where datname = current_database())'
  while (!(await other.query(waiting, ['advisory'])).rowCount) await sleep(20)
  const tweets = readFileSync(join(copy, 'tweets.jsonl'), 'utf8')
  writeFileSync(join(copy, 'tweets.jsonl'), tweets.replace('"author_handle":"', '"author_handle":"another_'))
  await other.query('rollback')
  await other.end()
  refused(
    await ended,
    1,
    `${join(copy, 'tweets.jsonl')} was changed while it was being read.`,
    'Nothing was imported. Export again: npm run export',
  )
  await isEmpty(db)
})

test('a full disk stops the snapshot and the export, and leaves nothing that looks finished', async ({
  folder,
  files,
}) => {
  // To a program, a limit on file size (in blocks of 512 bytes) looks like a full disk.
  const shell = "trap '' XFSZ; ulimit -f 8"
  const out = join(folder, 'full')
  const exported = await run('export', ['--snapshot', files.snapshot, '--out', out], { shell })
  refused(exported, 1, /^The disk is full: cannot write \S+\.jsonl\.$/, /^Free some space/)
  assert.ok(!readDirectory(out).includes('manifest.json'))
  assert.ok(!readDirectory(out).includes('tweets.jsonl'))

  const snapshot = await run('snapshot', ['--source', files.source, '--out', join(folder, 'full-too')], { shell })
  assert.equal(snapshot.code, 1)
  assert.match(snapshot.stderr, /^error: (The disk is full: |Cannot write )/m)
  assert.deepEqual(readDirectory(join(folder, 'full-too')), [])
})

test('a folder that may not be written to is named', async ({ folder, files }) => {
  const closed = join(folder, 'closed')
  writeFileSync(closed, 'a file where the folder should be')
  const ended = await run('export', ['--snapshot', files.snapshot, '--out', closed])
  refused(
    ended,
    1,
    /^Cannot write \S+closed\/watch_accounts\.jsonl: (ENOTDIR|EEXIST)\.$/,
    'Choose a folder that you may write to.',
  )
})

test('a file where a folder should be is named by every command that would write into it', async ({
  folder,
  files,
}) => {
  const file = join(folder, 'a-file')
  writeFileSync(file, 'is here')
  const cases: [command: string, args: string[], named: string][] = [
    ['snapshot', ['--source', files.source, '--out', file], join(file, 'x_monitor.snapshot.db')],
    ['generate', ['--out', join(file, 'x.db')], join(file, 'x.db')],
    ['start', ['--data', file], file],
  ]
  const ends = await Promise.all(cases.map(([command, args]) => run(command, args)))
  for (const [index, [, , named]] of cases.entries())
    refused(
      ends[index]!,
      1,
      new RegExp(`^Cannot write ${named}: (ENOTDIR|EEXIST)\\.$`),
      'Choose a folder that you may write to.',
    )
})

test('an export or a validation without a source copy says how to create one', async ({ folder, db }) => {
  for (const command of ['export', 'validate'])
    refused(
      await run(command, ['--snapshot', join(folder, 'none.db')], { env: { DATABASE_URL: db.url } }),
      1,
      `There is no file ${join(folder, 'none.db')}.`,
      'Copy the source first: npm run snapshot -- --source FILE',
    )
})

test('wrong flags are refused before anything is touched', async ({ db, files }) => {
  const env = { DATABASE_URL: db.url }
  const cases: [command: string, args: string[], fact: string, next: string][] = [
    ['snapshot', [], '--source is required.', 'Give it: npm run snapshot -- --source FILE'],
    ['import', ['--dry'], "Unknown option '--dry'.", 'See npm run import -- --help'],
    [
      'migrate',
      ['--source', files.source, '--until', 'lunch'],
      "Invalid --until 'lunch'.",
      'Give one of snapshot, export, db:up, import, validate.',
    ],
    ['validate', ['--seed', 'x'], "Invalid --seed 'x'.", 'Give a whole number from 0 to 2147483648.'],
    [
      'rollback',
      [],
      `This empties the six tables of the database ${new URL(db.url).pathname.slice(1)} on ${new URL(db.url).host}.`,
      'To confirm, run: npm run rollback -- --yes',
    ],
  ]
  const ends = await Promise.all(cases.map(([command, args]) => run(command, args, { env })))
  for (const [index, [, , fact, next]] of cases.entries()) refused(ends[index]!, 2, fact, next)
})

test('under --json the error is JSON on stdout too', async ({ folder }) => {
  const { code, stdout } = await run('snapshot', ['--source', join(folder, 'none.db'), '--json'])
  assert.equal(code, 1)
  assert.deepEqual(JSON.parse(stdout), {
    error: `There is no file ${join(folder, 'none.db')}.`,
    next: 'Check the path; the monitor keeps its file as x_monitor.db.',
  })
})

test('the whole move stops at the first step that fails, and goes on when it is run again', async ({ folder, db }) => {
  const source = writeSource(join(folder, 'later.db'), goodRows(3))
  const out = join(folder, 'later')
  const away = await run('migrate', ['--source', source, '--out', out], {
    env: { DATABASE_URL: 'postgres://me@127.0.0.1:1/x' },
  })
  assert.equal(away.code, 1)
  change(source, "update tweets set body_text = 'after the failure'")
  const { ended } = start('migrate', ['--source', source, '--out', out], { env: { DATABASE_URL: db.url } })
  const done = await ended
  assert.equal(done.code, 0, done.stderr)
  assert.match(done.stdout, /^moved: 3 posts, nothing lost$/m)
})

function readDirectory(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : []
}

test.run()
