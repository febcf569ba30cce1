import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { isMap, isScalar, isSeq, type Node, parseDocument } from 'yaml'
import { Failure } from '../errors.ts'
import { PROJECT } from '../project.ts'

export const TEMPLATES = join(PROJECT, 'infra/cloudformation')

/** Any value of a template; CloudFormation's tags are in their long form: !Ref x is { Ref: 'x' }. */
export type Value = string | number | boolean | null | Value[] | { [key: string]: Value }
export type Section = { [key: string]: Value }

/** A template as its file has it and as CloudFormation reads it. */
export type Template = { name: string; text: string; body: Section }

/** All templates of a folder by their names, such as `network`. */
export function readTemplates(folder = TEMPLATES): Template[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .sort()
    .map((file) => parseTemplate(basename(file, '.yaml'), readFileSync(join(folder, file), 'utf8')))
}

/** Throws a Failure that names the line if the text is not YAML. */
function parseTemplate(name: string, text: string): Template {
  const document = parseDocument(text, { logLevel: 'silent' })
  const [error] = document.errors
  if (error) throw new Failure(`${name}.yaml: ${error.message.split('\n')[0]}`, 'Fix the YAML.')
  return { name, text, body: document.contents ? (plain(document.contents) as Section) : {} }
}

export function section(template: Template, name: string): Section {
  const value = template.body[name]
  return isSection(value) ? value : {}
}

export function isSection(value: Value | undefined): value is Section {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What is inside a value at these keys; undefined where the path ends before. */
export function inside(value: Value | undefined, ...keys: string[]): Value | undefined {
  return keys.reduce<Value | undefined>((each, key) => (isSection(each) ? each[key] : undefined), value)
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
  throw new Failure('A template uses a YAML alias.', 'CloudFormation does not support aliases: repeat the value.')
}
