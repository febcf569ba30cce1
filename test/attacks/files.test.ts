import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import { hasFile } from '../../tooling/lib/files.ts'
import { describeKey } from '../../tooling/lib/follow/describe.ts'
import { LiveSource } from '../../tooling/lib/follow/live-source.ts'
import { parseLine } from '../../tooling/lib/move/copy-lines.ts'
import { checkDefinitions } from '../../tooling/lib/move/definitions-check.ts'
import { exportSnapshot } from '../../tooling/lib/move/export.ts'
import { verifyExport, verifySnapshot } from '../../tooling/lib/move/manifest.ts'
import { rescue } from '../../tooling/lib/move/rescue.ts'
import { takeSnapshot } from '../../tooling/lib/move/snapshot.ts'
import type { Layout } from '../../tooling/lib/move/source-columns.ts'
import { openSource } from '../../tooling/lib/move/sqlite.ts'
import Database from '../../tooling/lib/move/sqlite-driver.ts'
import { integer } from '../../tooling/lib/move/values.ts'
import { change, filesOf, goodRows, rejected, run, start, temporaryFolder, writeSource } from '../move/support.ts'

// Files that someone else made: a source, and the manifest of an export.

const test = suite('hostile files')

/** What reading never ends, by what it is called in the error. */
const ENDLESS = {
  'view runs': `alter table runs rename to all_runs;
    create view runs as
    with recursive forever(n) as (select 1 union all select n + 1 from forever)
    select all_runs.* from all_runs, forever where n < 0`,
  // Compiled, each view is twice as large as the one before.
  'view doubled40': Array.from(
    { length: 41 },
    (_, at) =>
      `create view doubled${at} as ${at ? `select a.n from doubled${at - 1} a, doubled${at - 1} b` : 'select 1 as n'}`,
  ).join(';'),
  'table words': `create view forever as
    with recursive forever(n) as (select 1 union all select n + 1 from forever) select n as rowid, 'a' as a from forever;
    create virtual table words using fts5(a, content='forever')`,
}
type Endless = keyof typeof ENDLESS

test('what never ends in a file stops the move, and what ends does not', async () => {
  const { source } = sourceFile()
  change(source, 'alter table runs rename to all_runs; create view runs as select * from all_runs')
  change(source, 'create virtual table words using fts5(a); create view unused as select * from words, runs')
  await checkDefinitions(source)
  for (const what of Object.keys(ENDLESS) as Endless[])
    await assert.rejects(checkDefinitions(endlessFile(what), { limit: 1000 }), {
      fact: new RegExp(`^Reading ${what.replace(/\d+/, '\\d+')} of .*x_monitor.db did not end within 1 s\\.$`),
    })
})

const READERS: [command: string, endless: Endless, args: (source: string, folder: string) => string[]][] = [
  ['snapshot', 'view runs', (source, folder) => ['--source', source, '--out', join(folder, 'data')]],
  ['snapshot', 'view doubled40', (source, folder) => ['--source', source, '--out', join(folder, 'data')]],
  ['snapshot', 'table words', (source, folder) => ['--source', source, '--out', join(folder, 'data')]],
  ['rescue', 'view doubled40', (source, folder) => ['--source', source, '--out', join(folder, 'rescued.db')]],
  ['follow', 'view doubled40', (source) => ['--source', source, '--url', 'http://127.0.0.1:9', '--once']],
  ['start', 'view runs', (source, folder) => ['--source', source, '--data', join(folder, 'data')]],
]
for (const [at, [command, endless, args]] of READERS.entries()) {
  const signal = at % 2 ? 'SIGINT' : 'SIGTERM'
  test(`${signal} ends npm run ${command} while it reads ${endless} for ever`, async () => {
    const source = endlessFile(endless)
    const folder = join(source, '..')
    // The server's user may enter it, as in an ordinary project folder.
    chmodSync(folder, 0o711)
    const { child, ended } = start(command, args(source, folder), { env: { XMONITOR_TOKEN: 'token' } })
    while (!isReading(folder)) await sleep(20)
    child.kill(signal)
    const { stderr } = await ended
    assert.match(stderr, /^error: Interrupted\.$/m)
    while (isReading(folder)) await sleep(20)
  })
}

test('what stands in the place of a journal is read by no command: not a link, a folder or a pipe', async () => {
  for (const suffix of ['-journal', '-wal', '-shm'])
    for (const plant of [
      (path: string) => symlinkSync(import.meta.filename, path),
      (path: string) => mkdirSync(path),
      (path: string) => execFileSync('mkfifo', [path]),
    ]) {
      const { source, out } = sourceFile()
      plant(source + suffix)
      const refused = { fact: `${source}${suffix} is not a file, as SQLite would have written it.` }
      await assert.rejects(takeSnapshot(source, out), refused)
      await assert.rejects(rescue(source, join(out, 'rescued.db')), refused)
      assert.throws(() => new LiveSource(source), refused)
      assert.throws(() => openSource(source), refused)
    }
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

test('a view in a file calls only functions that are safe for everybody, not one of this program', () => {
  const { source } = sourceFile()
  change(source, "create view calling as select is_well_formed(x'00')")
  const db = openSource(source)
  assert.throws(() => db.prepare('select * from calling').all(), /unsafe use of is_well_formed/)
  db.close()
})

const HOSTILE = '\u001b[2J\u009b1A\nok    everything\u0007\u202e'
const ESCAPED = String.raw`\u001b[2J\u009b1A\u000aok    everything\u0007\u202e`

test('names in a file cannot write to the terminal', async () => {
  const { source, out } = sourceFile()
  change(source, `create table "${HOSTILE}" (a); insert into "${HOSTILE}" values (1)`)
  change(source, `alter table tweets add column "${HOSTILE}" text; update tweets set "${HOSTILE}" = 1`)
  const noColumn = sourceFile().source
  change(noColumn, `alter table tweets rename url to "${HOSTILE}"`)
  const noTable = sourceFile().source
  change(noTable, `drop table runs; create view runs as select * from "${HOSTILE}"`)
  const noCollation = sourceFile().source
  const file = new Database(noCollation)
  file.unsafeMode()
  file.pragma('writable_schema = on')
  file
    .prepare("update sqlite_schema set sql = replace(sql, 'url text', ?) where name = 'tweets'")
    .run(`url text collate "${HOSTILE}"`)
  file.close()

  const rescued = (name: string) => ['--out', join(source, '..', name)]
  for (const [command, file, where, code] of [
    ['snapshot', source, ['--out', out], 0],
    ['rescue', source, rescued('1.db'), 0],
    ['snapshot', noColumn, ['--out', out], 1],
    ['snapshot', noTable, ['--out', out], 1],
    ['snapshot', noCollation, ['--out', out], 1],
    ['rescue', noCollation, rescued('2.db'), 1],
  ] as const) {
    const ended = await run(command, ['--source', file, ...where])
    const said = ended.stdout + ended.stderr
    assert.equal(ended.code, code, said)
    assert.ok(said.includes(ESCAPED), said)
    assert.doesNotMatch(said, /[^\P{Cc}\n]|\p{Bidi_Control}|^ok/mu)
  }
  assert.equal(describeKey('posts', JSON.stringify([HOSTILE])), ESCAPED)
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
  const replaced = (name: unknown) => original.replace(`"${file}"`, JSON.stringify(name))
  for (const name of [
    `../${basename(folder)}/${file}`,
    '/dev/zero',
    '..',
    '.',
    '',
    basename(linked),
    'a\0b',
    'a\nb',
    5,
    null,
    {},
  ]) {
    writeFileSync(manifest, replaced(name))
    await assert.rejects(verifyExport(folder), /which is not a file of its folder|is not the manifest/, `${name}`)
  }
  rmSync(linked)
  for (const tables of [
    '{"tweets": null}',
    '{"tweets": 1}',
    original.replace(/"columns": \[[^\]]*\]/, '"columns": [1]'),
  ]) {
    writeFileSync(manifest, tables.includes('sha256') ? tables : `{"tables": ${tables}}`)
    await assert.rejects(verifyExport(folder), /is not the manifest of an export/, tables)
  }
  writeFileSync(manifest, original)
  await verifyExport(folder)
})

test('a manifest that is a device or a pipe is not read, nor is such a reject file', async () => {
  const { out } = sourceFile()
  mkdirSync(out)
  const refused = /^[^\n]+ is not a file\.\n {2}Find out who put it there/
  for (const plant of [
    (path: string) => mkdirSync(path),
    (path: string) => symlinkSync('/dev/zero', path),
    (path: string) => execFileSync('mkfifo', [path]),
  ]) {
    const path = join(out, 'manifest.json')
    plant(path)
    await assert.rejects(verifyExport(out), refused)
    await assert.rejects(verifySnapshot(join(out, 'x_monitor.snapshot.db')), refused)
    assert.throws(() => hasFile(path), refused)
    rmSync(path, { recursive: true })
  }
})

test('a line that no export has is refused, whatever it is', () => {
  const layout = { sources: ['url'] } as unknown as Layout
  const deep = '{"a":'.repeat(50_000)
  for (const line of [
    'nonsense',
    'null',
    '5',
    '[1]',
    '[]'.repeat(100_000),
    `{"url": ${deep}1${'}'.repeat(50_000)}}`,
    '{"url": [1]}',
    '{"url": {"$else": 1}}',
    '{"url": {"__proto__": {"$real": "1"}}}',
    '{"url": {"$integer": "many"}}',
  ])
    assert.equal(parseLine(line, layout), undefined, line.slice(0, 60))
  assert.deepEqual(parseLine('{"__proto__": {"url": 1}, "constructor": 2}', layout), [null])
  const long = parseLine(`{"url": ${'9'.repeat(200_000)}}`, layout)![0]!
  rejected(integer, long, `${'9'.repeat(60)}... is beyond 64 bits`)
})

test.run()

function endlessFile(what: Endless): string {
  const { source } = sourceFile()
  change(source, ENDLESS[what])
  return source
}

/** Whether a process reads the definitions of a file of this folder. */
function isReading(folder: string): boolean {
  const { stdout } = spawnSync('ps', ['-A', '-ww', '-o', 'command='], { encoding: 'utf8' })
  return stdout
    .split('\n')
    .some((line) => line.startsWith(process.execPath) && line.includes('--eval') && line.includes(folder))
}

function sourceFile() {
  const files = filesOf(join(temporaryFolder(), 'x_monitor.db'))
  writeSource(files.source, goodRows(3))
  return files
}
