import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { PROJECT } from '../project.ts'
import { cloudFrontCode } from './cloudfront-function.ts'

// CloudFormation cannot read other files, so a template repeats what it shares with one between two comments:
//
//     # From infra/postgrest.env (npm run templates):
//     # End of infra/postgrest.env
//
// npm run templates writes these blocks; npm run check fails when one is out of date.

const BLOCK = /^( *)# From (\S+) \(npm run templates\):\n[\s\S]*?^\1# End of \2$/gm

/** The YAML that stands for each file, without its indentation. */
const BLOCKS: Record<string, (text: string) => string> = {
  'infra/postgrest.env': variables,
  'infra/headers.json': (text) => literal('CustomHeaders:', amplifyHeaders(text)),
  'infra/edge/v1.js': (text) => literal('-', cloudFrontCode(text)),
}

/** Settings that a template has parameters for. */
const PARAMETERS = ['PGRST_DB_ANON_ROLE']

/** A template's text with every block as the file it comes from is now. */
export function refreshBlocks(text: string, project = PROJECT): string {
  return text.replace(BLOCK, (_, indent: string, file: string) => {
    const block = BLOCKS[file]
    if (!block) throw new Error(`no block is made of ${file}`)
    const lines = block(readFileSync(join(project, file), 'utf8')).split('\n')
    return [`# From ${file} (npm run templates):`, ...lines, `# End of ${file}`]
      .map((line) => line && indent + line)
      .join('\n')
  })
}

function variables(env: string): string {
  // Sorted, because Node versions differ in the order they give.
  return Object.entries(parseEnv(env))
    .filter(([name]) => !PARAMETERS.includes(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `- {Name: ${name}, Value: '${value?.replaceAll("'", "''")}'}`)
    .join('\n')
}

function literal(key: string, text: string): string {
  const lines = text.trimEnd().split('\n')
  return [`${key} |`, ...lines.map((line) => line && `  ${line}`)].join('\n')
}

function amplifyHeaders(json: string): string {
  const all = Object.entries(JSON.parse(json) as Record<string, string>)
  // What Vite builds into assets/ carries a hash in its name and never changes.
  const rules = [
    { pattern: '**', headers: all },
    { pattern: '/assets/**', headers: [...all, ['Cache-Control', 'public, max-age=31536000, immutable'] as const] },
  ]
  return [
    'customHeaders:',
    ...rules.flatMap(({ pattern, headers }) => [
      `  - pattern: '${pattern}'`,
      '    headers:',
      ...headers.flatMap(([key, value]) => [`      - key: ${key}`, `        value: ${JSON.stringify(value)}`]),
    ]),
  ].join('\n')
}
