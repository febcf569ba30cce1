import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec'
import type { Property, PropertyType } from '@aws-cdk/service-spec-types'
import { asFunction, isSection, namesInSub } from '../../tooling/lib/cloud/lint/functions.ts'
import { resourceSchema } from '../../tooling/lib/cloud/lint/schema.ts'
import type { Section, Template, Value } from '../../tooling/lib/cloud/template.ts'

const spec = loadAwsServiceSpecSync()

/** One fault put into a template: what it is, and the template with it. */
export type Mutation = { what: string; template: Template }

/** Every fault of these kinds, at every place of the template where it can be. */
export function mutationsOf(template: Template): Mutation[] {
  return [
    ...places(template.body.Resources, ['Resources']).flatMap(({ path, value }) => valueFaults(template, path, value)),
    ...requiredFaults(template),
    ...referenceFaults(template),
    ...unusedFaults(template),
    ...exportFaults(template),
  ]
}

/** A copy of the template with the value at the path changed; undefined takes it away. */
export function changed(template: Template, path: string[], value: Value | undefined): Template {
  return { ...template, body: replaced(template.body, path, value) as Section }
}

function replaced(at: Value, [key, ...rest]: string[], value: Value | undefined): Value | undefined {
  if (key === undefined) return value
  const copy = (Array.isArray(at) ? [...at] : { ...(at as Section) }) as Section
  const inner = replaced(copy[key] ?? null, rest, value)
  if (inner === undefined) delete copy[key]
  else copy[key] = inner
  return copy
}

type Place = { path: string[]; value: Value }

/** Everything inside a value, itself included. */
function places(value: Value | undefined, path: string[]): Place[] {
  if (value === undefined) return []
  const inner = typeof value === 'object' && value !== null ? Object.entries(value) : []
  return [{ path, value }, ...inner.flatMap(([key, each]) => places(each as Value, [...path, key]))]
}

/** An unknown property in every object of the schema, a wrong type in place of every scalar and every list. */
function valueFaults(template: Template, path: string[], value: Value): Mutation[] {
  const here = path.join('.')
  // Below Properties only, and not inside what the schema leaves open: policies, parameters of a group.
  const open = ['AssumeRolePolicyDocument', 'PolicyDocument', 'KeyPolicy', 'Parameters']
  if (path[2] !== 'Properties' || path.some((key) => open.includes(key))) return []
  if (path.some((key) => key.startsWith('Fn::') && key !== 'Fn::If') || path.at(-1) === 'Ref') return []
  if (path.at(-2) === 'Fn::If' && path.at(-1) === '0') return []

  if (asFunction(value)) return []
  if (Array.isArray(value))
    return path.at(-1) === 'Fn::If'
      ? []
      : [{ what: `a text for the list ${here}`, template: changed(template, path, 'x') }]
  if (isSection(value)) {
    const unknown = { what: `an unknown property in ${here}`, template: changed(template, [...path, 'Xyz'], 'x') }
    return path.length > 3
      ? [unknown, { what: `a text for the object ${here}`, template: changed(template, path, 'x') }]
      : [unknown]
  }
  const wrong = typeof value === 'string' ? { Xyz: 'x' } : 'a text'
  return [{ what: `a wrong type for ${here}`, template: changed(template, path, wrong) }]
}

/** Every property taken away that the schema requires, at every depth. */
function requiredFaults(template: Template): Mutation[] {
  return Object.entries(template.body.Resources as Section).flatMap(([id, resource]) => {
    if (!isSection(resource) || !isSection(resource.Properties)) return []
    const { properties } = resourceSchema(String(resource.Type))!
    return required(resource.Properties, properties, ['Resources', id, 'Properties']).map((path) => ({
      what: `without ${path.join('.')}`,
      template: changed(template, path, undefined),
    }))
  })
}

/** The paths of what the schema requires and the value has. */
function required(value: Section, properties: Record<string, Property>, path: string[]): string[][] {
  return Object.entries(value).flatMap(([name, given]) => {
    const property = properties[name]
    if (!property) return []
    const here = [...path, name]
    return [...(property.required ? [here] : []), ...requiredIn(given, property.type, here)]
  })
}

function requiredIn(value: Value, type: PropertyType, path: string[]): string[][] {
  if (Array.isArray(value) && type.type === 'array')
    return value.flatMap((item, i) => requiredIn(item, type.element, [...path, String(i)]))
  if (!isSection(value) || asFunction(value) || type.type !== 'ref') return []
  return required(value, spec.get('typeDefinition', type.reference).properties, path)
}

/** Every name behind Ref, Fn::GetAtt, Fn::Sub, a condition, a mapping or DependsOn, misspelt. */
function referenceFaults(template: Template): Mutation[] {
  return ['Resources', 'Outputs', 'Conditions', 'Rules'].flatMap((part) =>
    places(template.body[part], [part]).flatMap(({ path, value }): Mutation[] => {
      const here = path.join('.')
      const [key] = path.slice(-1)
      const fault = (what: string, to: Value) => [{ what: `${what} in ${here}`, template: changed(template, path, to) }]
      if (key === 'Ref') return fault('a misspelt Ref', `${value}x`)
      if (key === 'Condition' && typeof value === 'string') return fault('a misspelt condition', `${value}x`)
      if (key === 'DependsOn') return fault('a misspelt DependsOn', `${value}x`)
      if (key === 'Fn::Sub' && namesInSub(String(Array.isArray(value) ? value[0] : value)).length > 0)
        return Array.isArray(value)
          ? fault('a misspelt Sub', [String(value[0]).replace(/\$\{(\w+)/, '${$1x'), ...value.slice(1)])
          : fault('a misspelt Sub', String(value).replace(/\$\{(\w+)/, '${$1x'))
      if (!Array.isArray(value)) return []
      if (key === 'Fn::GetAtt')
        return [
          ...fault('a misspelt resource', [`${value[0]}x`, value[1]!]),
          ...fault('a misspelt attribute', [value[0]!, `${value[1]}x`]),
        ]
      if (key === 'Fn::If') return fault('a misspelt If', [`${value[0]}x`, ...value.slice(1)])
      if (key === 'Fn::FindInMap') return fault('a misspelt mapping', [`${value[0]}x`, ...value.slice(1)])
      return []
    }),
  )
}

/** A parameter, a condition and a mapping that nobody uses; and the use of each parameter taken away. */
function unusedFaults(template: Template): Mutation[] {
  const nobody: [string, Value][] = [
    ['Parameters', { Type: 'String', Description: 'x', AllowedPattern: 'x*' }],
    ['Conditions', { 'Fn::Equals': ['x', 'x'] }],
    ['Mappings', { A: { B: 'x' } }],
  ]
  const added = nobody.map(([part, value]) => ({
    what: `an unused entry in ${part}`,
    template: { ...template, body: { ...template.body, [part]: { ...(template.body[part] as Section), Xyz: value } } },
  }))
  const taken = Object.keys((template.body.Parameters ?? {}) as Section).map((name) => ({
    what: `the parameter ${name} taken away`,
    template: changed(template, ['Parameters', name], undefined),
  }))
  return [...added, ...taken]
}

/** Every import of something that nobody exports, and every export taken away. */
function exportFaults(template: Template): Mutation[] {
  const imports = places(template.body.Resources, ['Resources'])
    .filter(({ path }) => path.at(-2) === 'Fn::ImportValue' && path.at(-1) === 'Fn::Sub')
    .map(({ path, value }) => ({
      what: `an import nobody exports in ${path.join('.')}`,
      template: changed(template, path, `${value}x`),
    }))
  const exported = Object.entries((template.body.Outputs ?? {}) as Section)
    .filter(([, output]) => isSection(output) && output.Export)
    .map(([id]) => ({
      what: `the export ${id} taken away`,
      template: changed(template, ['Outputs', id], undefined),
    }))
  return [...imports, ...exported]
}
