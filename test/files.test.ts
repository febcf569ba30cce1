import assert from 'node:assert/strict'
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import { createAtomicFile, makeFolder, reserveTempFile, writeText } from '../tooling/lib/files.ts'

const test = suite('files', { folder: '', umask: 0 })

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'xmonitor-files-'))
  context.umask = process.umask(0)
})
test.after.each(({ folder, umask }) => {
  process.umask(umask)
  rmSync(folder, { recursive: true })
})

const modeOf = (path: string) => statSync(path).mode & 0o777

test('new files and folders are closed to others, whatever the umask', ({ folder }) => {
  const file = join(folder, 'a/b/file')
  writeText(file, 'text')
  assert.deepEqual([modeOf(file), modeOf(join(folder, 'a/b')), modeOf(join(folder, 'a'))], [0o600, 0o700, 0o700])
  makeFolder(join(folder, 'c'))
  assert.equal(modeOf(join(folder, 'c')), 0o700)
})

test('a file that is replaced is closed to others afterwards', ({ folder }) => {
  const file = join(folder, 'file')
  writeFileSync(file, 'old', { mode: 0o666 })
  writeText(file, 'new')
  assert.deepEqual([readFileSync(file, 'utf8'), modeOf(file)], ['new', 0o600])
})

test('the temporary name cannot be predicted, and a link in its place is not followed', ({ folder }) => {
  const file = join(folder, 'file')
  const names = [reserveTempFile(file), reserveTempFile(file)]
  assert.notEqual(names[0], names[1])
  for (const name of names) assert.equal(modeOf(name), 0o600)

  const victim = join(folder, 'victim')
  writeFileSync(victim, 'kept')
  for (const suffix of ['.tmp', `.${process.pid}.tmp`]) symlinkSync(victim, `${file}${suffix}`)
  const atomic = createAtomicFile(file)
  atomic.write('text')
  atomic.sync()
  atomic.commit()
  assert.deepEqual([readFileSync(file, 'utf8'), readFileSync(victim, 'utf8')], ['text', 'kept'])
})

test('what a killed command left is removed, unless it is not a file', ({ folder }) => {
  const file = join(folder, 'file')
  writeFileSync(`${file}.999999999-abcdef.tmp`, 'half')
  makeFolder(`${file}.999999998-abcdef.tmp`)
  writeText(file, 'text')
  assert.deepEqual(readdirSync(folder).sort(), ['file', 'file.999999998-abcdef.tmp'])
})

test('a discarded file leaves nothing', ({ folder }) => {
  const atomic = createAtomicFile(join(folder, 'file'))
  atomic.write('text')
  atomic.discard()
  assert.deepEqual(readdirSync(folder), [])
  assert.equal(existsSync(join(folder, 'file')), false)
})

test.run()
