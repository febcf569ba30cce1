import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec'
import type { Property, PropertyType } from '@aws-cdk/service-spec-types'
import { isSection, section, type Template, type Value } from '../../tooling/lib/cloud/template.ts'

const spec = loadAwsServiceSpecSync()

/** What AWS's schemas say of a template: unknown types, unknown properties and missing ones, at every depth. Values are cfn-lint's business. */
export function schemaFaults(template: Template): string[] {
  return Object.entries(section(template, 'Resources')).flatMap(([id, resource]) => {
    if (!isSection(resource)) return [`${id} is not a resource`]
    const [schema] = spec.lookup('resource', 'cloudFormationType', 'equals', String(resource.Type))
    if (!schema) return [`${id}: AWS has no ${resource.Type}`]
    return propertyFaults(resource.Properties ?? {}, schema.properties, `${id}.Properties`)
  })
}

function propertyFaults(value: Value, properties: Record<string, Property>, path: string): string[] {
  if (!isSection(value)) return [`${path} is not an object`]
  const missing = Object.entries(properties)
    .filter(([name, { required }]) => required && !(name in value))
    .map(([name]) => `${path}.${name} is missing`)
  return Object.entries(value).reduce((faults, [name, given]) => {
    const property = properties[name]
    return faults.concat(property ? valueFaults(given, property.type, `${path}.${name}`) : `${path}.${name} is unknown`)
  }, missing)
}

function valueFaults(value: Value, type: PropertyType, path: string): string[] {
  if (isSection(value) && 'Fn::If' in value) {
    const [, yes, no] = value['Fn::If'] as Value[]
    return [yes!, no!].flatMap((branch) => valueFaults(branch, type, path))
  }
  if (isSection(value) && Object.keys(value).some((key) => key === 'Ref' || key.startsWith('Fn::'))) return []
  if (type.type === 'ref') return propertyFaults(value, spec.get('typeDefinition', type.reference).properties, path)
  if (type.type === 'union') {
    const attempts = type.types.map((each) => valueFaults(value, each, path))
    return attempts.sort((a, b) => a.length - b.length)[0] ?? []
  }
  if (type.type !== 'array') return []
  if (!Array.isArray(value)) return [`${path} is not a list`]
  return value.flatMap((item, i) => valueFaults(item, type.element, `${path}.${i}`))
}
