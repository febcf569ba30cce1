import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { suite } from 'uvu'
import { DRIVER } from '../../tooling/lib/move/sqlite-driver.ts'
import { TARGET_TABLES } from '../../tooling/lib/move/tables.ts'
import { type Database, freshDatabase } from '../support/database.ts'
import { change, filesOf, goodRows, importAgain, move, run, start, temporaryFolder, writeSource } from './support.ts'

// Trouble that is not in the files themselves: a full disk, a closed folder, a server, another import.

const test = suite('trouble')
const folder = temporaryFolder()
const files = filesOf(writeSource(join(folder, 'x_monitor.db'), goodRows(50)))
const NOBODY = 65_534
let db: Database

test.before(async () => {
  db = await freshDatabase()
  await move(db, files)
  await db.query(`truncate ${TARGET_TABLES.join(', ')}`)
  // Open to other users, except for the folders that a test closes.
  chmodSync(folder, 0o755)
})
test.after(() => db.drop())

const small = join(folder, 'small')
mkdirSync(small)
const mount = () => spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', small]).status === 0
const unmount = () => spawnSync('umount', [small]).status === 0
const onSmallDisk = when(mount() && unmount(), 'this user cannot mount a small disk')

onSmallDisk('a full disk stops the copy and the export, is named, and leaves no partial file', async () => {
  assert.ok(mount())
  try {
    const snapshot = await run('snapshot', ['--source', files.source, '--out', small])
    assert.ok(
      snapshot.stderr.includes(
        `error: The disk is full: ${join(small, 'x_monitor.snapshot.db')}.\n  Free some space, then run this again.\n`,
      ),
    )
    assert.deepEqual([snapshot.code, readdirSync(small)], [1, []])

    const exported = await run('export', ['--snapshot', files.snapshot, '--out', join(small, 'export')])
    assert.match(
      exported.stderr,
      /error: The disk is full: cannot write \S+\.jsonl\.\n {2}Free some space, or choose a folder on another disk\.\n$/,
    )
    assert.deepEqual([exported.code, readdirSync(join(small, 'export'))], [1, []])
  } finally {
    unmount()
  }
})

// Root may write everywhere, so the command runs as another user.
const uid = process.getuid?.() === 0 ? NOBODY : undefined
const reads = spawnSync(process.execPath, ['-e', `require('${DRIVER}')`], { uid, cwd: import.meta.dirname })
const asOther = when(reads.status === 0, 'another user cannot read this folder')

asOther('a folder that another user owns is named by every command that would write to it', async () => {
  const closed = join(folder, 'closed')
  mkdirSync(closed, { mode: 0o555 })
  spawnSync('chmod', ['-R', 'go+rX', folder])
  const env = { DATABASE_URL: db.url, HOME: '/nonexistent', TMPDIR: '/tmp' }
  const runs: [command: string, args: string[], file: string][] = [
    ['snapshot', ['--source', files.source, '--out', closed], 'x_monitor.snapshot.db'],
    ['export', ['--snapshot', files.snapshot, '--out', closed], 'watch_accounts.jsonl'],
    ['import', ['--in', files.folder, '--rejects', join(closed, 'rejects.jsonl')], 'rejects.jsonl'],
    ['validate', ['--snapshot', files.snapshot, '--rejects', files.rejects, '--out', closed], 'validation.json'],
  ]
  for (const [command, args, file] of runs) {
    const { code, stderr } = await run(command, args, { env, uid })
    assert.ok(
      stderr.includes(`error: Cannot write ${join(closed, file)}: EACCES.\n  Choose a folder that you may write to.\n`),
    )
    assert.equal(code, 1, command)
  }
  assert.deepEqual(readdirSync(closed), [])
  await nothingInside()
})

asOther(
  'a source that may not be read, or that is in WAL mode in a folder that may not be written to, says what to do',
  async () => {
    const closed = join(folder, 'read-only')
    mkdirSync(closed)
    const [unreadable, wal] = ['unreadable.db', 'wal.db'].map((name) => writeSource(join(closed, name), goodRows(1)))
    change(wal!, 'pragma journal_mode = wal')
    chmodSync(unreadable!, 0o200)
    chmodSync(closed, 0o555)
    const env = { HOME: '/nonexistent', TMPDIR: '/tmp' }
    const said = async (source: string) =>
      (await run('snapshot', ['--source', source, '--out', join(folder, 'never')], { env, uid })).stderr
    assert.ok(
      (await said(unreadable!)).includes(
        `error: Cannot read ${unreadable}: EACCES.\n  Check the file and its permissions, then run this again.\n`,
      ),
    )
    assert.match(
      await said(wal!),
      /error: Cannot read \S+wal\.db: .+\.\n {2}A file in WAL mode needs a folder that you may write to: copy it there/,
    )
    chmodSync(closed, 0o755)
  },
)

test('a directory in place of the reject file is named, and nothing is imported', async () => {
  const directory = join(folder, 'rejects')
  mkdirSync(directory)
  const { code, stderr } = await run('import', ['--in', files.folder, '--rejects', directory], {
    env: { DATABASE_URL: db.url },
  })
  assert.ok(stderr.includes(`error: Cannot write ${directory}: EISDIR.\n`))
  assert.equal(code, 1)
  assert.deepEqual(temporaryFiles(folder), [])
  await nothingInside()
})

test('a truncated file in WAL mode is reported as damaged', async () => {
  const cut = writeSource(join(folder, 'cut.db'), goodRows(200))
  change(cut, 'pragma journal_mode = wal')
  truncateSync(cut, 8192)
  const { code, stderr } = await run('snapshot', ['--source', cut, '--out', join(folder, 'of-cut')])
  assert.ok(stderr.includes(`error: ${cut} is damaged: database disk image is malformed.\n  Restore it from a backup`))
  assert.equal(code, 1)
})

test('a manifest of another kind is not taken for that of an export or a source copy', async () => {
  const env = { DATABASE_URL: db.url }
  const manifest = join(files.out, 'manifest.json')
  const imported = await run('import', ['--in', files.out, '--rejects', files.rejects], { env })
  assert.ok(
    imported.stderr.includes(
      `error: ${manifest} is not the manifest of an export.\n  Give the folder of the export with --in, or create one: npm run export\n`,
    ),
  )
  assert.equal(imported.code, 1)

  const kept = readFileSync(manifest)
  writeFileSync(manifest, '{}')
  const exported = await run('export', ['--snapshot', files.snapshot, '--out', files.folder])
  writeFileSync(manifest, kept)
  assert.ok(
    exported.stderr.includes(
      `error: ${manifest} is not the manifest of a source copy.\n  Create one: npm run snapshot -- --source FILE\n`,
    ),
  )
  assert.equal(exported.code, 1)
})

test('an export whose number of lines differs from its manifest is refused', async () => {
  const manifest = join(files.folder, 'manifest.json')
  const kept = readFileSync(manifest, 'utf8')
  writeFileSync(manifest, kept.replace('"rows": 50', '"rows": 51'))
  const error = await failure(importAgain(db, files))
  writeFileSync(manifest, kept)
  const file = join(files.folder, 'watch_accounts.jsonl')
  assert.equal(
    error,
    `${file} has 50 lines, but its manifest says 51 rows.\n  Nothing was imported. Export again: npm run export`,
  )
  await nothingInside()
})

test('a refused import does not touch the reject file that another import is writing', async () => {
  const other = new pg.Client({ connectionString: db.url })
  await other.connect()
  await other.query(`begin; select pg_advisory_xact_lock(${0x786d6f6e69746f72n})`)
  const its = `${files.rejects}.${process.pid}.tmp`
  writeFileSync(its, 'what the other one has written so far')
  const error = await failure(importAgain(db, files))
  await other.end()
  assert.ok(error.includes('Another import is running on this database.'))
  assert.equal(readFileSync(its, 'utf8'), 'what the other one has written so far')
  rmSync(its)
})

test('two commands cannot write the same file at once; leftovers of a killed one do not count', async () => {
  const other = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)'])
  const cases: [command: string, args: string[], file: string][] = [
    ['snapshot', ['--source', files.source, '--out', files.out], files.snapshot],
    ['export', ['--snapshot', files.snapshot, '--out', files.folder], join(files.folder, 'watch_accounts.jsonl')],
  ]
  for (const [, , file] of cases) writeFileSync(`${file}.${other.pid}.tmp`, 'what the other one has written so far')
  writeFileSync(`${files.snapshot}.${other.pid}.tmp-journal`, '')
  for (const [command, args, file] of cases) {
    const { code, stderr } = await run(command, args)
    assert.ok(
      stderr.includes(
        `error: Another command (process ${other.pid}) is writing ${file}.\n  Wait until it has finished, or choose another place for this one.\n`,
      ),
    )
    assert.equal(code, 1)
    assert.equal(readFileSync(`${file}.${other.pid}.tmp`, 'utf8'), 'what the other one has written so far')
  }

  const gone = once(other, 'exit')
  other.kill('SIGKILL')
  await gone
  for (const [command, args] of cases) assert.equal((await run(command, args)).code, 0, command)
  for (const folder of [files.out, files.folder]) assert.deepEqual(temporaryFiles(folder), [])
})

test('two imports into different databases cannot write the same reject file; leftovers of a killed one do not count', async () => {
  const other = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)'])
  const its = `${files.rejects}.${other.pid}.tmp`
  writeFileSync(its, 'what the other one has written so far')
  assert.equal(
    await failure(importAgain(db, files)),
    `Another command (process ${other.pid}) is writing ${files.rejects}.\n  Wait until it has finished, or choose another place for this one.`,
  )
  assert.equal(readFileSync(its, 'utf8'), 'what the other one has written so far')
  await nothingInside()

  const gone = once(other, 'exit')
  other.kill('SIGKILL')
  await gone
  await importAgain(db, files)
  assert.deepEqual(temporaryFiles(files.out), [])
  await db.query(`truncate ${TARGET_TABLES.join(', ')}`)
})

test('a connection that breaks during the commit: the message says that the outcome is unknown, whichever it is', async () => {
  for (const [arrives, posts] of [
    [true, 50],
    [false, 0],
  ] as const) {
    const { url, close } = await breakingAtCommit(db.url, arrives)
    assert.equal(
      await failure(importAgain({ ...db, url }, files)),
      'The connection broke during the commit: Connection terminated unexpectedly.\n' +
        '  Either everything was changed or nothing. Run this again: it is safe in both cases.',
    )
    close()
    const count = async () => (await db.query<{ n: number }>('select count(*)::int n from posts'))[0]!.n
    for (const end = Date.now() + 10_000; (await count()) !== posts && Date.now() < end; ) await sleep(20)
    assert.equal(await count(), posts)
    await db.query(`truncate ${TARGET_TABLES.join(', ')}`)
  }
})

test('a server that ends the connection halfway leaves nothing behind and is named without the password', async () => {
  // Makes the import wait in the middle.
  await db.query(
    `create function hold() returns trigger language plpgsql as 'begin perform pg_sleep(30); return new; end'`,
  )
  await db.query('create trigger hold before insert on reports for each row execute function hold()')
  const pending = failure(importAgain(db, files))
  let ended: unknown[] = []
  for (const end = Date.now() + 30_000; ended.length === 0 && Date.now() < end; ) {
    await sleep(50)
    ended = await db.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'",
    )
  }
  const error = await pending
  await db.query('drop function hold cascade')
  assert.match(
    error,
    /^The server closed the connection \(\w+ on 127\.0\.0\.1:\d+ as postgres\): terminating connection due to administrator command.*\n {2}Nothing was imported\. If it was stopped, start it; then run this again\.$/,
  )
  assert.ok(!error.includes(new URL(db.url).password))
  assert.deepEqual(temporaryFiles(files.out), [])
  await nothingInside()
})

test('Ctrl-C during an import says that nothing was imported', async () => {
  const other = new pg.Client({ connectionString: db.url })
  await other.connect()
  await other.query(`begin; select pg_advisory_xact_lock(${0x786d6f6e69746f72n})`)
  const { child, ended } = start('import', ['--in', files.folder, '--rejects', files.rejects], {
    env: { DATABASE_URL: db.url },
  })
  const waiting = 'select from pg_locks where not granted and locktype = $1'
  while (!(await other.query(waiting, ['advisory'])).rowCount) await sleep(20)
  child.kill('SIGINT')
  const { code, stderr } = await ended
  await other.end()
  assert.ok(stderr.endsWith('error: Interrupted.\n  Nothing was imported. Run this again.\n'), stderr)
  assert.equal(code, 130)
  await nothingInside()
})

test('an invalid URL is reported without repeating it: it may have a password', async () => {
  const form = 'Use postgres://USER:PASSWORD@HOST:5432/DATABASE.'
  const notAUrl = `DATABASE_URL is not a Postgres URL.\n  ${form} In the password, # is %23, / is %2F, ? is %3F and @ is %40.`
  const noDatabase = `DATABASE_URL does not name a database.\n  ${form}`
  const cases: [url: string, error: string][] = [
    ['postgres://me:se#cret/word@host:5432/x', notAUrl],
    ['mysql://me:secret@host:5432/x', notAUrl],
    ['me:secret@host/x', notAUrl],
    ['postgres://me:secret@host:5432', noDatabase],
    ['postgres://me:secret@host:5432/', noDatabase],
  ]
  for (const command of ['rollback', 'db-up'])
    for (const [url, error] of cases) {
      const args = command === 'rollback' ? ['--yes'] : []
      const { code, stderr } = await run(command, args, { env: { DATABASE_URL: url } })
      assert.equal(stderr, `error: ${error}\n`)
      assert.equal(code, 2)
    }
})

test.run()

function temporaryFiles(folder: string): string[] {
  return readdirSync(folder).filter((name) => name.includes('.tmp'))
}

/** A URL of the same database whose connections break at the commit: before it arrives, or before its answer does. */
async function breakingAtCommit(to: string, arrives: boolean): Promise<{ url: string; close: () => void }> {
  const url = new URL(to)
  const [host, port] = [url.hostname, Number(url.port)]
  const proxy = createServer((client) => {
    const server = connect(port, host)
    for (const socket of [client, server]) socket.on('error', () => {})
    let broken = false
    client.on('data', (data) => {
      broken ||= data.includes('commit\0')
      // Sent before the end of the stream, so it arrives.
      if (!broken || arrives) server.write(data)
      if (!broken) return
      client.destroy()
      server.end()
    })
    server.on('data', (data) => {
      if (!broken) client.write(data)
    })
    client.on('close', () => broken || server.destroy())
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  url.host = `127.0.0.1:${(proxy.address() as AddressInfo).port}`
  return { url: url.href, close: () => proxy.close() }
}

function when(possible: boolean, reason: string): typeof test | typeof test.skip {
  if (!possible) console.log(`skipped: ${reason}`)
  return possible ? test : test.skip
}

async function nothingInside(): Promise<void> {
  for (const table of TARGET_TABLES) assert.deepEqual(await db.query(`select from ${table} limit 1`), [], table)
}

function failure(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'it did not fail',
    (error: Error) => error.message,
  )
}
