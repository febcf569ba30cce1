import { existsSync } from 'node:fs'
import { command } from './lib/cli.ts'
import { Failure } from './lib/errors.ts'
import { rescue } from './lib/move/rescue.ts'
import { escapeName, print, rowCount } from './lib/output.ts'

await command({
  name: 'rescue',
  about: 'Writes what can be read of a damaged SQLite file, or of one that a killed writer left, to a new file.',
  options: {
    source: { about: 'the damaged file; it is only read', value: 'FILE', required: true },
    out: { about: 'the new file; it must not exist', value: 'FILE', required: true },
  },
  example: '--source damaged.db --out rescued.db',
  async run({ source, out }) {
    if (existsSync(out)) throw new Failure(`${out} exists.`, 'Remove it, or choose another file with --out.', 2)
    if (!existsSync(source)) throw new Failure(`There is no file ${source}.`, 'Check the path.')
    return rescue(source, out)
  },
  show({ file, tables, incomplete }) {
    for (const [table, rows] of Object.entries(tables))
      print(`${escapeName(table)}: ${rowCount(rows)}${incomplete.includes(table) ? ', all that could be read' : ''}`)
    print(file)
  },
})
