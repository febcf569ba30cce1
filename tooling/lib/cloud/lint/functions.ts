import type { Resource } from '@aws-cdk/service-spec-types'
import type { Section, Template, Value } from '../template.ts'

/** The functions of CloudFormation that these templates may use. */
const FUNCTIONS = [
  'Ref',
  'Condition',
  'Fn::And',
  'Fn::Cidr',
  'Fn::Equals',
  'Fn::FindInMap',
  'Fn::GetAZs',
  'Fn::GetAtt',
  'Fn::If',
  'Fn::ImportValue',
  'Fn::Join',
  'Fn::Not',
  'Fn::Or',
  'Fn::Select',
  'Fn::Split',
  'Fn::Sub',
]

type Call = { name: string; argument: Value }

export function isSection(value: Value | undefined): value is Section {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** { Ref: 'x' } as { name: 'Ref', argument: 'x' }; anything else is no call. */
export function asFunction(value: Value): Call | undefined {
  if (!isSection(value)) return
  const [entry, ...more] = Object.entries(value)
  if (!entry || more.length || !(entry[0].startsWith('Fn::') || entry[0] === 'Ref' || entry[0] === 'Condition')) return
  // A condition in an IAM statement is no call: it holds an object.
  if (entry[0] === 'Condition' && typeof entry[1] !== 'string') return
  return { name: entry[0], argument: entry[1] }
}

export function isKnown(name: string): boolean {
  return FUNCTIONS.includes(name)
}

/** Every call in a value, with its path; arguments before the call that holds them are visited too. */
export function* callsIn(value: Value, path: string): Generator<Call & { path: string }> {
  const call = asFunction(value)
  if (call) yield { ...call, path }
  if (typeof value !== 'object' || value === null) return
  for (const [key, inner] of Object.entries(value)) yield* callsIn(inner as Value, path ? `${path}.${key}` : key)
}

/** The names between ${ and } of a text for Fn::Sub; ${!x} is plain text. */
export function namesInSub(text: string): string[] {
  return [...text.matchAll(/\$\{([^!}][^}]*)\}/g)].map(([, name]) => name!.trim())
}

/** What a call gives: 'a text', 'a number', 'a boolean', 'a list', 'an object', or 'anything' where nobody can tell. */
export function outcomeOf(
  template: Template,
  { name, argument }: Call,
  schemaOf: (type: string) => Resource | undefined,
): string {
  switch (name) {
    case 'Ref':
      return refOutcome(template, String(argument))
    case 'Fn::GetAtt': {
      const [id, attribute] = argument as [string, string]
      const resource = (template.body.Resources as Section)?.[id]
      const type = isSection(resource) && schemaOf(String(resource.Type))?.attributes[attribute]?.type.type
      if (type === 'array') return 'a list'
      if (type === 'ref' || type === 'map') return 'an object'
      return type === 'string' ? 'a text' : 'anything'
    }
    case 'Fn::Split':
    case 'Fn::GetAZs':
    case 'Fn::Cidr':
      return 'a list'
    case 'Fn::Sub':
    case 'Fn::Join':
    case 'Fn::ImportValue':
      return 'a text'
    case 'Fn::Equals':
    case 'Fn::Not':
    case 'Fn::And':
    case 'Fn::Or':
    case 'Condition':
      return 'a boolean'
    default:
      return 'anything'
  }
}

function refOutcome(template: Template, name: string): string {
  const parameter = (template.body.Parameters as Section | undefined)?.[name]
  if (!isSection(parameter)) return 'a text'
  const type = String(parameter.Type)
  if (type === 'Number') return 'a number'
  return type.startsWith('List<') || type === 'CommaDelimitedList' ? 'a list' : 'a text'
}
