import { command } from './lib/cli.ts'
import { Failure } from './lib/errors.ts'
import { migrate, STEPS, type Step } from './lib/move/migrate.ts'
import { showMigration } from './lib/move/summary.ts'

await command({
  name: 'migrate',
  about: 'The whole move: snapshot, export, db:up, import, validate. Safe to run again after any failure.',
  options: {
    source: { about: "the monitor's SQLite file", value: 'FILE', required: true },
    out: { about: 'where the source copy, the export and the reports go', value: 'FOLDER', default: 'data' },
    until: { about: `the last step: ${STEPS.join(', ')}`, value: 'STEP', default: 'validate' },
    'dry-run': { about: 'change nothing in the database: db/ must be applied, the import is rolled back' },
    strict: { about: 'import nothing and exit 1 if any row is rejected' },
    'allow-rejected-tables': { about: 'import the rest even if every row of a table is rejected' },
  },
  example: '--source x_monitor.db',
  usesDatabase: true,
  async run({ source, out, until, 'dry-run': dryRun, strict, 'allow-rejected-tables': allowRejectedTables }) {
    if (!STEPS.includes(until as Step)) {
      throw new Failure(`Invalid --until '${until}'.`, `Give one of ${STEPS.join(', ')}.`, 2)
    }
    const migration = await migrate({ source, out, until: until as Step, dryRun, strict, allowRejectedTables })
    if (migration.validation?.ok === false) process.exitCode = 1
    return migration
  },
  show: showMigration,
})
