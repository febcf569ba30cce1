import { command } from './lib/cli.ts'
import { exportSnapshot } from './lib/move/export.ts'
import { count, print } from './lib/output.ts'

await command({
  name: 'export',
  about: 'Writes each table of the snapshot as JSON lines, with a manifest that proves the files.',
  options: {
    snapshot: { about: 'the snapshot', value: 'FILE', default: 'data/x_monitor.snapshot.db' },
    out: { about: 'where the files go', value: 'FOLDER', default: 'data/export' },
  },
  run: ({ snapshot, out }) => exportSnapshot(snapshot, out),
  show({ tables }) {
    for (const { file, rows, bytes } of Object.values(tables))
      print(`${file}: ${count(rows)} rows, ${count(bytes)} bytes`)
  },
})
