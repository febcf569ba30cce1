import { command } from './lib/cli.ts'
import { importExport } from './lib/move/import.ts'
import { showImport } from './lib/move/summary.ts'

await command({
  name: 'import',
  about: 'Moves an export into Postgres, in one transaction; what cannot be moved goes to the reject file.',
  options: {
    in: { about: 'the export', value: 'FOLDER', default: 'data/export' },
    rejects: { about: 'where rejected rows go', value: 'FILE', default: 'data/rejects.jsonl' },
    'dry-run': { about: 'do everything, then roll it back (rejects go to FILE.dry-run)' },
    strict: { about: 'exit 1 when a row was rejected' },
  },
  async run({ in: folder, rejects, 'dry-run': dryRun, strict }) {
    return importExport({ folder, rejects: dryRun ? `${rejects}.dry-run` : rejects, dryRun, strict })
  },
  show: showImport,
})
