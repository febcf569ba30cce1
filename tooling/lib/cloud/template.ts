import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type Document, isMap, isScalar, isSeq, type Node, parseDocument, visit } from 'yaml'
import { Failure } from '../errors.ts'
import { PROJECT } from '../project.ts'
import { cloudFrontCode } from './cloudfront-function.ts'

/** Any value of a template; CloudFormation's tags are in their long form: !Ref x is { Ref: 'x' }. */
export type Value = string | number | boolean | null | Value[] | { [key: string]: Value }
export type Section = { [key: string]: Value }

/** A template as a person wrote it and as CloudFormation reads it. */
export type Template = { name: string; document: Document.Parsed; body: Section }

/** All templates of a folder by their names, such as `network`. */
export function readTemplates(folder = join(PROJECT, 'infra/cloudformation')): Template[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .sort()
    .map((file) => parseTemplate(basename(file, '.yaml'), readFileSync(join(folder, file), 'utf8')))
}

/** Parses one template; a text that is no YAML is a Failure that names the line. */
export function parseTemplate(name: string, text: string): Template {
  const document = parseDocument(text, { logLevel: 'silent' })
  const [error] = document.errors
  if (error) throw new Failure(`${name}.yaml: ${error.message.split('\n')[0]}`, 'Mend the YAML.')
  return { name, document, body: document.contents ? (plain(document.contents) as Section) : {} }
}

/**
 * The text to hand to CloudFormation: the template with its marks replaced.
 *
 *     {{settings:FILE}}   an item of a list of variables: one item per line NAME=value of the file
 *     {{headers:FILE}}    the headers of the JSON file as Amplify wants them
 *     {{function:FILE}}   the code of an edge function as CloudFront wants it
 */
export function renderTemplate(template: Template, project = PROJECT): string {
  const document = template.document.clone() as Document.Parsed
  visit(document, {
    Scalar(_, node) {
      const [, kind, file] = /^\{\{(headers|function):(.+)\}\}$/.exec(String(node.value)) ?? []
      if (!kind || !file) return
      const text = readFileSync(join(project, file), 'utf8')
      node.value = kind === 'headers' ? amplifyHeaders(text) : cloudFrontCode(text)
      node.type = 'BLOCK_LITERAL'
    },
    Seq(_, node) {
      node.items = node.items.flatMap((item) => {
        const [, file] = /^\{\{settings:(.+)\}\}$/.exec(isScalar(item) ? String(item.value) : '') ?? []
        if (!file) return [item]
        return settings(readFileSync(join(project, file), 'utf8')).map(([Name, Value]) =>
          document.createNode({ Name, Value }),
        )
      })
    },
  })
  return document.toString({ lineWidth: 0 })
}

/** The variables of a file of lines NAME=value. */
export function settings(text: string): [name: string, value: string][] {
  return text
    .split('\n')
    .filter((line) => line.trim() && !line.startsWith('#'))
    .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)])
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
    '',
  ].join('\n')
}

/** A node with its tags as the functions they stand for. */
function plain(node: Node): Value {
  const value = untagged(node)
  const name = node.tag?.startsWith('!') ? node.tag.slice(1) : undefined
  if (!name) return value
  if (name === 'Ref' || name === 'Condition') return { [name]: value }
  if (name !== 'GetAtt' || typeof value !== 'string') return { [`Fn::${name}`]: value }
  // The first dot ends the resource's name; an attribute may have dots of its own.
  const dot = value.indexOf('.')
  return { 'Fn::GetAtt': [value.slice(0, dot), value.slice(dot + 1)] }
}

function untagged(node: Node): Value {
  if (isScalar(node)) return node.value as Value
  if (isSeq(node)) return node.items.map((item) => plain(item as Node))
  if (isMap(node))
    return Object.fromEntries(
      node.items.map(({ key, value }) => [
        String(isScalar(key) ? key.value : key),
        value ? plain(value as Node) : null,
      ]),
    )
  throw new Failure('A template holds an alias.', 'CloudFormation knows no anchors and aliases; write it out.')
}
