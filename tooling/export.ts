import { command } from './lib/cli.ts'
import { exportSnapshot } from './lib/move/export.ts'
import { count, print, rowCount } from './lib/output.ts'

await command({
  name: 'export',
  about: 'Writes each table of the source copy as JSON lines, with a manifest of their checksums.',
  options: {
    snapshot: { about: 'the source copy', value: 'FILE', default: 'data/x_monitor.snapshot.db' },
    out: { about: 'where the files go', value: 'FOLDER', default: 'data/export' },
  },
  run: ({ snapshot, out }) => exportSnapshot(snapshot, out),
  show({ tables }) {
    for (const { file, rows, bytes } of Object.values(tables))
      print(`${file}: ${rowCount(rows)}, ${count(bytes)} bytes`)
  },
})
