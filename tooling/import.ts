import { command } from './lib/cli.ts'
import { importExport } from './lib/move/import.ts'
import { showImport } from './lib/move/summary.ts'

await command({
  name: 'import',
  about: 'Imports an export into Postgres in one transaction; rows that cannot be moved go to the reject file.',
  options: {
    in: { about: 'the export', value: 'FOLDER', default: 'data/export' },
    rejects: { about: 'where rejected rows go', value: 'FILE', default: 'data/rejects.jsonl' },
    'dry-run': { about: 'do everything, then roll back (rejects go to FILE.dry-run)' },
    strict: { about: 'import nothing and exit 1 if any row is rejected' },
    'allow-rejected-tables': { about: 'import the rest even if every row of a table is rejected' },
  },
  example: '--dry-run',
  usesDatabase: true,
  async run({ in: folder, rejects, 'dry-run': dryRun, strict, 'allow-rejected-tables': allowRejectedTables }) {
    const file = dryRun ? `${rejects}.dry-run` : rejects
    return importExport({ folder, rejects: file, dryRun, strict, allowRejectedTables })
  },
  show: showImport,
})
