import { command } from './lib/cli.ts'
import { count, print } from './lib/output.ts'
import { type Snapshot, takeSnapshot } from './lib/snapshot.ts'

await command({
  name: 'snapshot',
  about: "Copies a monitor's SQLite file, also while it is being written, checks the copy and makes it read-only.",
  options: {
    source: { about: "the monitor's SQLite file", value: 'FILE', required: true },
    out: { about: 'where the snapshot and its manifest go', value: 'FOLDER', default: 'data' },
  },
  run: ({ source, out }) => takeSnapshot(source, out),
  show({ path, tables, ignored, foreign_key_check, snapshot }: Snapshot) {
    for (const [table, rows] of Object.entries(tables)) print(`${table}: ${count(rows)}`)
    for (const [table, columns] of Object.entries(ignored)) {
      if (columns.length > 0) print(`not moved: ${columns.map((column) => `${table}.${column}`).join(', ')}`)
    }
    if (foreign_key_check.violations > 0) print(`broken references: ${count(foreign_key_check.violations)}`)
    print(`${path} (SHA-256 ${snapshot.sha256})`)
  },
})
