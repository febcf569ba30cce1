import { command } from './lib/cli.ts'
import { takeSnapshot } from './lib/move/snapshot.ts'
import { showSnapshot } from './lib/move/summary.ts'

await command({
  name: 'snapshot',
  about: "Copies a monitor's SQLite file, even while it is being written, checks the copy and makes it read-only.",
  options: {
    source: { about: "the monitor's SQLite file", value: 'FILE', required: true },
    out: { about: 'where the source copy and its manifest go', value: 'FOLDER', default: 'data' },
  },
  example: '--source x_monitor.db',
  run: ({ source, out }) => takeSnapshot(source, out),
  show: showSnapshot,
})
