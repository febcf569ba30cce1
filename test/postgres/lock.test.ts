import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import { formatLock, LOCK_FILE, readMigrations } from '../../tooling/lib/postgres/db-lock.ts'
import { PROJECT } from '../../tooling/lib/project.ts'
import { listReleases } from '../support/releases.ts'

const lock = suite('db:lock', { root: '', file: '' })

lock.before.each((context) => {
  context.root = mkdtempSync(join(tmpdir(), 'xmonitor-lock-'))
  for (const folder of ['db', 'tooling']) cpSync(join(PROJECT, folder), join(context.root, folder), { recursive: true })
  setVersion(context.root, '1.0.0')
  symlinkSync(join(PROJECT, 'node_modules'), join(context.root, 'node_modules'))
  run(context.root, '--accept-edits')
  // The last one: nothing depends on it.
  context.file = readMigrations(context.root).at(-1)!.file
})
lock.after.each(({ root }) => rmSync(root, { recursive: true }))

const run = (root: string, ...flags: string[]) =>
  spawnSync(process.execPath, ['--import', 'tsx', 'tooling/db-lock.ts', ...flags], { cwd: root, encoding: 'utf8' })

const edit = (root: string, file: string) =>
  writeFileSync(join(root, file), `${readFileSync(join(root, file), 'utf8')}-- edited\n`)

const setVersion = (root: string, version: string) =>
  writeFileSync(join(root, 'package.json'), JSON.stringify({ type: 'module', version }))

const versioned = (file: string, version: string) => file.replace(/\d{14}/, version)

lock('unedited files match the lock', ({ root }) => {
  const { status, stdout } = run(root, '--check')
  assert.equal(status, 0)
  assert.match(stdout, /^\d+ files in db\/ match db\/lock\.txt\.$/m)
})

lock('before the first release there is nothing to compare with', ({ root }) => {
  rmSync(join(root, 'db/lock.txt'))
  const { status, stdout } = run(root, '--check')
  assert.equal(status, 0)
  assert.match(stdout, /^\d+ files in db\/, none released yet: there is no db\/lock\.txt\.$/m)
})

lock('a file edited under its old version is reported, and not locked', ({ root, file }) => {
  edit(root, file)
  const before = readFileSync(join(root, 'db/lock.txt'), 'utf8')
  for (const flags of [['--check'], []]) {
    const { status, stderr } = run(root, ...flags)
    assert.equal(status, 1)
    assert.match(
      stderr,
      new RegExp(
        `^error: ${file} was edited under its released version. Rename it to a version newer than \\d{14}\\.$`,
        'm',
      ),
    )
  }
  assert.equal(readFileSync(join(root, 'db/lock.txt'), 'utf8'), before)
})

lock('a file edited under a newer version can be locked', ({ root, file }) => {
  edit(root, file)
  renameSync(join(root, file), join(root, versioned(file, '20990101000000')))
  assert.equal(run(root, '--check').status, 0)
  setVersion(root, '1.1.0')
  const { stdout } = run(root)
  assert.match(stdout, /^Locked \d+ files in db\/lock\.txt, copied to test\/db\/releases\/1\.1\.0\.$/m)
  assert.match(readFileSync(join(root, 'db/lock.txt'), 'utf8'), /^20990101000000 /m)
  const [before, after] = ['1.0.0', '1.1.0'].map((release) => readMigrations(join(root, 'test/db/releases', release)))
  assert.equal(before!.at(-1)!.file, file)
  assert.deepEqual(after, readMigrations(root))
})

lock('a release is not recorded twice, unless edits are accepted', ({ root, file }) => {
  const recorded = join(root, 'test/db/releases/1.0.0', file)
  const before = readFileSync(recorded, 'utf8')
  assert.equal(
    run(root).stderr,
    'error: test/db/releases/1.0.0 already exists.\n  Set the version of the next release in package.json first.\n',
  )
  edit(root, file)
  assert.equal(run(root).status, 1)
  assert.equal(readFileSync(recorded, 'utf8'), before)
  assert.equal(run(root, '--accept-edits').status, 0)
  assert.equal(readFileSync(recorded, 'utf8'), readFileSync(join(root, file), 'utf8'))
})

lock('a new file between released ones is rejected', ({ root, file }) => {
  cpSync(join(root, file), join(root, versioned(file, '20260301000101')))
  assert.match(run(root, '--check').stderr, /is older than \d{14}, which is released/)
})

lock('a view that moves after the files that need it is rejected, and those files are listed', ({ root }) => {
  const feed = readMigrations(root).filter(({ file }) => /\d_feed\.sql$/.test(file))
  const [view, needsIt] = [
    feed.find(({ file }) => file.includes('views')),
    feed.find(({ file }) => file.includes('functions')),
  ]
  const newer = versioned(view!.file, '20990101000000')
  renameSync(join(root, view!.file), join(root, newer))
  const { status, stderr } = run(root, '--check')
  assert.equal(status, 1)
  assert.ok(
    stderr.includes(
      `error: ${newer} creates what files with older versions need: ${needsIt!.file}. Rename these to newer versions too, in this order.\n`,
    ),
  )
  renameSync(join(root, needsIt!.file), join(root, versioned(needsIt!.file, '20990101000001')))
  assert.equal(run(root, '--check').stderr, '')
})

lock('two files with the same version are rejected, and so is a file without a version', ({ root, file }) => {
  writeFileSync(join(root, file.replace('.sql', '_twin.sql')), '-- migrate:up\n')
  writeFileSync(join(root, 'db/functions/late.sql'), '-- migrate:up\n')
  const { stderr } = run(root, '--check')
  assert.match(stderr, /_twin\.sql has the same version as /)
  assert.match(stderr, /late\.sql does not begin with a version/)
})

lock('this repository matches its own lock, which is the db/ of its last release', () => {
  assert.equal(run(PROJECT, '--check').stderr, '')
  const last = listReleases().at(-1)
  if (last) assert.equal(readFileSync(LOCK_FILE, 'utf8'), formatLock(readMigrations(last.folder)))
  else assert.ok(!existsSync(LOCK_FILE))
})

lock.run()
