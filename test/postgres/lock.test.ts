import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import { readMigrations } from '../../tooling/lib/postgres/db-lock.ts'
import { PROJECT } from '../../tooling/lib/project.ts'

const lock = suite('db:lock', { root: '', file: '' })

lock.before.each((context) => {
  context.root = mkdtempSync(join(tmpdir(), 'xmonitor-lock-'))
  for (const folder of ['db', 'tooling']) cpSync(join(PROJECT, folder), join(context.root, folder), { recursive: true })
  writeFileSync(join(context.root, 'package.json'), '{"type":"module"}')
  symlinkSync(join(PROJECT, 'node_modules'), join(context.root, 'node_modules'))
  run(context.root, '--accept-edits')
  context.file = readMigrations(context.root).find(({ file }) => file.startsWith('db/views/'))!.file
})
lock.after.each(({ root }) => rmSync(root, { recursive: true }))

const run = (root: string, ...flags: string[]) =>
  spawnSync(process.execPath, ['--import', 'tsx', 'tooling/db-lock.ts', ...flags], { cwd: root, encoding: 'utf8' })

const edit = (root: string, file: string) =>
  writeFileSync(join(root, file), `${readFileSync(join(root, file), 'utf8')}-- edited\n`)

const versioned = (file: string, version: string) => file.replace(/\d{14}/, version)

lock('fits what was locked, and says so', ({ root }) => {
  const { status, stdout } = run(root, '--check')
  assert.equal(status, 0)
  assert.match(stdout, /^\d+ files of db\/ fit db\/lock\.txt\.$/m)
})

lock('an edited file under its old version is named, and not locked', ({ root, file }) => {
  edit(root, file)
  const before = readFileSync(join(root, 'db/lock.txt'), 'utf8')
  for (const flags of [['--check'], []]) {
    const { status, stderr } = run(root, ...flags)
    assert.equal(status, 1)
    assert.match(
      stderr,
      new RegExp(
        `^error: ${file} was changed under its old version. Rename it to a version newer than \\d{14}\\.$`,
        'm',
      ),
    )
  }
  assert.equal(readFileSync(join(root, 'db/lock.txt'), 'utf8'), before)
})

lock('an edited file under a newer version is right, and lockable', ({ root, file }) => {
  edit(root, file)
  renameSync(join(root, file), join(root, versioned(file, '20990101000000')))
  assert.equal(run(root, '--check').status, 0)
  assert.equal(run(root).status, 0)
  assert.match(readFileSync(join(root, 'db/lock.txt'), 'utf8'), /^20990101000000 /m)
})

lock('a new file between the released ones is refused', ({ root, file }) => {
  cpSync(join(root, file), join(root, versioned(file, '20260301000101')))
  assert.match(run(root, '--check').stderr, /is older than \d{14}, which is released/)
})

lock('two files of one version are refused, and a file without one', ({ root, file }) => {
  writeFileSync(join(root, file.replace('.sql', '_twin.sql')), '-- migrate:up\n')
  writeFileSync(join(root, 'db/functions/late.sql'), '-- migrate:up\n')
  const { stderr } = run(root, '--check')
  assert.match(stderr, /_twin\.sql has the same version as /)
  assert.match(stderr, /late\.sql does not begin with a version/)
})

lock('this repository fits its own lock', () => {
  assert.equal(run(PROJECT, '--check').stderr, '')
})

lock.run()
