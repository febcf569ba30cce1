import { command, wholeNumber } from './lib/cli.ts'
import { showValidation } from './lib/move/summary.ts'
import { validate } from './lib/move/validation/validate.ts'

await command({
  name: 'validate',
  about: 'Compares every row and every column of the source copy with Postgres; exits 1 if anything differs.',
  options: {
    snapshot: { about: 'the source copy', value: 'FILE', default: 'data/x_monitor.snapshot.db' },
    rejects: { about: 'the reject file of the import', value: 'FILE', default: 'data/rejects.jsonl' },
    out: { about: 'where validation.json and validation.html go', value: 'FOLDER', default: 'data' },
    sample: { about: 'how many random posts to show', value: 'N', default: '20' },
    seed: { about: 'chooses the random posts (default: a different one each time, printed)', value: 'N' },
  },
  usesDatabase: true,
  async run({ snapshot, rejects, out, sample, seed }) {
    const report = await validate({
      snapshot,
      rejects,
      out,
      sample: wholeNumber('sample', sample, 0, 10_000),
      seed: seed === undefined ? undefined : wholeNumber('seed', seed, 0, 2 ** 31),
    })
    if (!report.ok) process.exitCode = 1
    return { ...report, html: `${out}/validation.html` }
  },
  show: showValidation,
})
