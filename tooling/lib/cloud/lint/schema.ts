import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec'
import type { Property, PropertyType, Resource } from '@aws-cdk/service-spec-types'
import type { Section, Template, Value } from '../template.ts'
import { asFunction, isSection, outcomeOf } from './functions.ts'
import type { Problem } from './lint.ts'

const RESOURCE_KEYS = [
  'Type',
  'Properties',
  'Condition',
  'DependsOn',
  'DeletionPolicy',
  'UpdateReplacePolicy',
  'Metadata',
]
const POLICIES = ['Delete', 'Retain', 'Snapshot', 'RetainExceptOnCreate']

let spec: ReturnType<typeof loadAwsServiceSpecSync> | undefined

/** Holds every resource against AWS's own schema: its properties, at every depth, and their types. */
export function checkResources(template: Template): Problem[] {
  const problems: Problem[] = []
  for (const [id, resource] of Object.entries(section(template, 'Resources'))) {
    const say = (path: string, message: string) => problems.push({ template: template.name, path, message })
    const path = `Resources.${id}`
    if (!isSection(resource)) {
      say(path, 'is no resource')
      continue
    }
    for (const key of Object.keys(resource))
      if (!RESOURCE_KEYS.includes(key)) say(`${path}.${key}`, 'is no attribute of a resource')
    for (const key of ['DeletionPolicy', 'UpdateReplacePolicy'])
      if (resource[key] !== undefined && !POLICIES.includes(String(resource[key])))
        say(`${path}.${key}`, `is none of ${POLICIES.join(', ')}`)
    const schema = resourceSchema(String(resource.Type))
    if (!schema) say(`${path}.Type`, `AWS has no resource ${resource.Type}`)
    else checkProperties(template, resource.Properties ?? {}, schema.properties, `${path}.Properties`, say)
  }
  return problems
}

/** AWS's schema of a resource type. */
export function resourceSchema(type: string): Resource | undefined {
  spec ??= loadAwsServiceSpecSync()
  return spec.lookup('resource', 'cloudFormationType', 'equals', type)[0]
}

export function section(template: Template, name: string): Section {
  const value = template.body[name]
  return isSection(value) ? value : {}
}

type Say = (path: string, message: string) => void

function checkProperties(
  template: Template,
  value: Value,
  properties: Record<string, Property>,
  path: string,
  say: Say,
): void {
  if (!isSection(value)) {
    say(path, 'must have properties')
    return
  }
  for (const [name, property] of Object.entries(properties))
    if (property.required && (value[name] === undefined || value[name] === null)) say(`${path}.${name}`, 'is missing')
  for (const [name, given] of Object.entries(value)) {
    const property = properties[name]
    if (!property) say(`${path}.${name}`, 'is no property here')
    else checkValue(template, given, property.type, `${path}.${name}`, say)
  }
}

function checkValue(template: Template, value: Value, type: PropertyType, path: string, say: Say): void {
  const called = asFunction(value)
  if (called?.name === 'Fn::If' && Array.isArray(called.argument)) {
    for (const [branch, given] of called.argument.slice(1).entries())
      if (!isNoValue(given)) checkValue(template, given, type, `${path}.Fn::If.${branch + 1}`, say)
    return
  }
  if (called) {
    const outcome = outcomeOf(template, called, resourceSchema)
    if (!accepts(type, outcome)) say(path, `must be ${wording(type)}, and ${called.name} gives ${outcome}`)
    return
  }
  const fault = scalarFault(value, type)
  if (fault) say(path, fault)
  else if (type.type === 'ref')
    checkProperties(template, value, spec!.get('typeDefinition', type.reference).properties, path, say)
  else if (type.type === 'array' || type.type === 'map') {
    for (const [key, item] of Object.entries(value as Section))
      if (!isNoValue(item)) checkValue(template, item, type.element, `${path}.${key}`, say)
  } else if (type.type === 'union') {
    const attempts = type.types.map((each) => {
      const found: [string, string][] = []
      checkValue(template, value, each, path, (...problem) => found.push(problem))
      return found
    })
    for (const problem of attempts.sort((a, b) => a.length - b.length)[0] ?? []) say(...problem)
  }
}

/** What is wrong with the value itself, apart from what it holds. */
function scalarFault(value: Value, type: PropertyType): string | undefined {
  switch (type.type) {
    case 'string':
    case 'date-time':
      if (typeof value !== 'string') return `must be a string, not ${kind(value)}`
      if (type.type === 'string' && type.allowedValues && !type.allowedValues.includes(value))
        return `must be one of ${type.allowedValues.join(', ')}`
      return undefined
    case 'integer':
      return Number.isInteger(value) ? undefined : `must be a whole number, not ${kind(value)}`
    case 'number':
      return typeof value === 'number' ? undefined : `must be a number, not ${kind(value)}`
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `must be true or false, not ${kind(value)}`
    case 'json':
      return typeof value === 'object' && value !== null ? undefined : `must be an object, not ${kind(value)}`
    case 'array':
      return Array.isArray(value) ? undefined : `must be a list, not ${kind(value)}`
    case 'map':
      return isSection(value) ? undefined : `must be a map, not ${kind(value)}`
    case 'tag':
      return isTag(value) ? undefined : 'must have Key and Value, both texts'
    default:
      return undefined
  }
}

function isTag(value: Value): boolean {
  if (!isSection(value) || Object.keys(value).sort().join() !== 'Key,Value') return false
  return Object.values(value).every((each) => typeof each === 'string' || asFunction(each) !== undefined)
}

function isNoValue(value: Value): boolean {
  return isSection(value) && value.Ref === 'AWS::NoValue'
}

/** Whether what a function gives fits the type. */
function accepts(type: PropertyType, outcome: string): boolean {
  if (outcome === 'anything') return true
  switch (type.type) {
    case 'union':
      return type.types.some((each) => accepts(each, outcome))
    case 'array':
      return outcome === 'a list'
    case 'string':
    case 'date-time':
      return outcome === 'a text' || outcome === 'a number'
    case 'integer':
    case 'number':
      return outcome === 'a number'
    case 'boolean':
      return outcome === 'a boolean'
    default:
      return type.type === 'json'
  }
}

function wording(type: PropertyType): string {
  return type.type === 'array' ? 'a list' : type.type === 'ref' ? 'an object' : `a ${type.type}`
}

function kind(value: Value): string {
  if (value === null) return 'empty'
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' ? 'an object' : `the ${typeof value} ${JSON.stringify(value)}`
}
