import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { command } from './lib/cli.ts'
import { refreshBlocks } from './lib/cloud/shared-blocks.ts'
import { readTemplates, TEMPLATES } from './lib/cloud/template.ts'
import { Failure } from './lib/errors.ts'
import { print } from './lib/output.ts'

await command({
  name: 'templates',
  about: "Writes PostgREST's settings, the page's headers and the edge function into the CloudFormation templates.",
  options: { check: { about: 'write nothing; exit 1 if a template is out of date' } },
  async run({ check }) {
    const outdated = readTemplates()
      .map(({ name, text }) => ({ file: `${name}.yaml`, text, current: refreshBlocks(text) }))
      .filter(({ text, current }) => text !== current)
    const names = outdated.map(({ file }) => file)
    if (check && names.length > 0)
      throw new Failure(`Out of date: ${names.join(', ')}.`, 'Write them again: npm run templates')
    for (const { file, current } of outdated) writeFileSync(join(TEMPLATES, file), current)
    return { written: names }
  },
  show({ written }) {
    print(written.length ? `Written: ${written.join(', ')}` : 'Every template is up to date.')
  },
})
