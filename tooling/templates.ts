import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { command } from './lib/cli.ts'
import { refreshTables } from './lib/cloud/parameter-tables.ts'
import { refreshBlocks } from './lib/cloud/shared-blocks.ts'
import { readTemplates, TEMPLATES } from './lib/cloud/template.ts'
import { Failure } from './lib/errors.ts'
import { print } from './lib/output.ts'

await command({
  name: 'templates',
  about: 'Writes what the CloudFormation templates share with other files, and the tables of their README.',
  options: { check: { about: 'write nothing; exit 1 if a file is out of date' } },
  example: '--check',
  async run({ check }) {
    const templates = readTemplates()
    const readme = readFileSync(join(TEMPLATES, 'README.md'), 'utf8')
    const outdated = [
      ...templates.map(({ name, text }) => ({ file: `${name}.yaml`, text, current: refreshBlocks(text) })),
      { file: 'README.md', text: readme, current: refreshTables(readme, templates) },
    ].filter(({ text, current }) => text !== current)
    const names = outdated.map(({ file }) => file)
    if (check && names.length > 0)
      throw new Failure(`Out of date: ${names.join(', ')}.`, 'Write them again: npm run templates')
    for (const { file, current } of outdated) writeFileSync(join(TEMPLATES, file), current)
    return { written: names }
  },
  show({ written }) {
    print(written.length ? `Written: ${written.join(', ')}` : 'Everything is up to date.')
  },
})
