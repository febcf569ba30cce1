import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import { findLayout } from '../../tooling/lib/move/source-columns.ts'
import { readTypedRows } from '../../tooling/lib/move/source-rows.ts'
import { listColumns } from '../../tooling/lib/move/source-schema.ts'
import { openSource } from '../../tooling/lib/move/sqlite.ts'
import Database from '../../tooling/lib/move/sqlite-driver.ts'
import { InvalidText } from '../../tooling/lib/move/sqlite-values.ts'
import { TABLES } from '../../tooling/lib/move/tables.ts'

const test = suite('the rows of SQLite as typed values')

const table = TABLES.find(({ source }) => source === 'watch_accounts')!

test('invalid UTF-8 is distinguished from text with U+FFFD, with and without a rowid', () => {
  const folder = mkdtempSync(join(tmpdir(), 'xmonitor-rows-'))
  for (const without of ['', ' without rowid']) {
    const file = join(folder, `source${without}.db`)
    const made = new Database(file)
    made.exec(`
      create table watch_accounts (handle text primary key, tier text, note text, added_at text)${without};
      insert into watch_accounts values
        ('c', 'teammate', cast(x'61ff' as text), '2026-01-01'),
        ('a', 'teammate', 'really ' || char(65533), '2026-01-01'),
        (cast(x'62fe' as text), cast(x'c3' as text), char(65533), '2026-01-01')`)
    made.close()

    const db = openSource(file)
    const layout = findLayout(table, listColumns(db, 'watch_accounts'), file)
    const cells = [...readTypedRows(db, layout)]
      .flat()
      .filter((value) => value instanceof InvalidText || /\ufffd/.test(`${value}`))
    db.close()
    const shown = cells.map((value) => (value instanceof InvalidText ? value.hex : value)).sort()
    assert.deepEqual(shown, ['61ff', '62fe', 'c3', 'really \ufffd', '\ufffd'], without)
  }
  rmSync(folder, { recursive: true })
})

test.run()
