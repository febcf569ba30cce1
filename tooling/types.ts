import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import openapiTS, { astToString } from 'openapi-typescript'
import { command } from './lib/cli.ts'
import { Failure } from './lib/errors.ts'
import { print } from './lib/output.ts'
import { PROJECT } from './lib/project.ts'

const CONTRACT = 'docs/openapi.v1.yaml'
const TYPES = 'web/src/api-types.ts'
const HEAD = `// Generated from ${CONTRACT} by npm run types; do not edit.\n\n`

await command({
  name: 'types',
  about: `Generates the page's API types (${TYPES}) from ${CONTRACT}.`,
  options: { check: { about: 'check only, write nothing' } },
  example: '--check',
  async run({ check }) {
    const nodes = await openapiTS(pathToFileURL(resolve(PROJECT, CONTRACT)))
    const made = format(HEAD + astToString(nodes.filter((node) => !isEmptyType(node))))
    const file = resolve(PROJECT, TYPES)
    const changed = made !== readFileSync(file, 'utf8')
    if (check && changed) throw new Failure(`${TYPES} is out of date with ${CONTRACT}.`, 'Run npm run types.')
    if (changed) writeFileSync(file, made)
    return { file: TYPES, changed }
  },
  show({ file, changed }) {
    print(changed ? `Written: ${file}` : `Up to date: ${file}`)
  },
})

/** Empty types that openapi-typescript adds for parts the contract does not have. */
function isEmptyType(node: object): boolean {
  return 'type' in node && ['webhooks', '$defs'].includes((node as { name?: { text?: string } }).name?.text ?? '')
}

/** Formats like the rest of the sources. */
function format(source: string): string {
  const biome = createRequire(import.meta.url).resolve('@biomejs/biome/bin/biome')
  const args = [biome, 'format', `--stdin-file-path=${TYPES}`]
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: PROJECT,
    input: source,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Failure(`The types could not be formatted:\n  ${stderr.trim()}`, 'Run npm ci.')
  return stdout
}
