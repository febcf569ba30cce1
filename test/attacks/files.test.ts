import assert from 'node:assert/strict'
import { chmodSync, existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { suite } from 'uvu'
import { exportSnapshot } from '../../tooling/lib/move/export.ts'
import { verifyExport } from '../../tooling/lib/move/manifest.ts'
import { takeSnapshot } from '../../tooling/lib/move/snapshot.ts'
import { openSource } from '../../tooling/lib/move/sqlite.ts'
import Database from '../../tooling/lib/move/sqlite-driver.ts'
import { checkViews } from '../../tooling/lib/move/view-check.ts'
import { change, filesOf, goodRows, run, start, temporaryFolder, writeSource } from '../move/support.ts'

// Files that someone else made: a source, and the manifest of an export.

const test = suite('hostile files')

test('a view that never ends stops the move, and a view that ends does not', async () => {
  const { source } = sourceFile()
  change(source, 'alter table runs rename to all_runs; create view runs as select * from all_runs')
  const db = openSource(source)
  await checkViews(db, source)
  db.close()

  const endless = endlessFile()
  const hostile = openSource(endless)
  await assert.rejects(checkViews(hostile, endless, 1000), /View runs of .* was not read within 1 s\./)
  hostile.close()
})

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  test(`${signal} ends npm start while such a view is read`, async () => {
    const folder = temporaryFolder()
    // The server's user may enter it, as in an ordinary project folder.
    chmodSync(folder, 0o711)
    const { child, ended } = start('start', ['--source', endlessFile(), '--data', join(folder, 'data')])
    await new Promise<void>((copying) => child.stderr.on('data', (text) => text.includes('Copying: ') && copying()))
    child.kill(signal)
    const { stderr } = await ended
    assert.match(stderr, /^error: Interrupted\.$/m)
  })

test('a definition with more statements in it runs none of them', async () => {
  for (const type of ['table', 'view']) {
    const { source } = sourceFile()
    const owned = join(source, '../owned.db')
    change(source, 'create view last_runs as select * from runs')
    const file = new Database(source)
    file.unsafeMode()
    file.pragma('writable_schema = on')
    file
      .prepare('update sqlite_schema set sql = sql || ? where type = ?')
      .run(`; attach '${owned}' as owned; create table owned.taken (a)`, type)
    file.close()
    const { code, stderr } = await run('rescue', ['--source', source, '--out', join(source, '../rescued.db')])
    assert.equal(code, 1, stderr)
    assert.match(stderr, /more than one statement|is damaged|Cannot read/)
    assert.equal(existsSync(owned), false)
  }
})

test('names in a file cannot write to the terminal', async () => {
  const { source, out } = sourceFile()
  change(
    source,
    'create table "\u001b[2J\u009b1A\nok    everything\u0007" (a); insert into "\u001b[2J\u009b1A\nok    everything\u0007" values (1)',
  )
  change(
    source,
    'alter table tweets add column "\u001b]0;x\nerror: none" text; update tweets set "\u001b]0;x\nerror: none" = 1',
  )
  const { code, stdout, stderr } = await run('snapshot', ['--source', source, '--out', out])
  assert.equal(code, 0, stderr)
  assert.match(stdout + stderr, /\\u001b\[2J\\u009b1A\\u000aok {4}everything\\u0007/)
  assert.match(stdout + stderr, /\\u001b\]0;x\\u000aerror: none/)
  assert.doesNotMatch(stdout + stderr, /[^\P{Cc}\n]/u)
})

test('a manifest names files of its own folder, not devices and nothing behind a link', async () => {
  const { source, out, folder } = sourceFile()
  const { path } = await takeSnapshot(source, out)
  const { tables } = await exportSnapshot(path, folder)
  const manifest = join(folder, 'manifest.json')
  const original = readFileSync(manifest, 'utf8')
  const { file } = Object.values(tables)[0]!
  const linked = join(folder, 'linked.jsonl')
  symlinkSync(join(folder, file), linked)
  for (const name of [`../${basename(folder)}/${file}`, '/dev/zero', '..', '.', '', basename(linked)]) {
    writeFileSync(manifest, original.replace(`"${file}"`, JSON.stringify(name)))
    await assert.rejects(verifyExport(folder), /which is not a file of its folder|is not the manifest/, name)
  }
  rmSync(linked)
  writeFileSync(manifest, original)
  await verifyExport(folder)
})

test.run()

/** A source file with a view in the place of a table, reading which never ends. */
function endlessFile(): string {
  const { source } = sourceFile()
  change(
    source,
    `alter table runs rename to all_runs;
     create view runs as
     with recursive forever(n) as (select 1 union all select n + 1 from forever)
     select all_runs.* from all_runs, forever where n < 0`,
  )
  return source
}

function sourceFile() {
  const files = filesOf(join(temporaryFolder(), 'x_monitor.db'))
  writeSource(files.source, goodRows(3))
  return files
}
