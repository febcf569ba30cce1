import type { Section, Template } from '../template.ts'
import { isSection } from './functions.ts'
import type { Problem } from './lint.ts'
import { section } from './schema.ts'

const KEYS = [
  'Type',
  'Description',
  'Default',
  'AllowedValues',
  'AllowedPattern',
  'ConstraintDescription',
  'MinValue',
  'MaxValue',
  'NoEcho',
]
const INTERFACE = 'AWS::CloudFormation::Interface'

/** Parameters are described, bounded, shown in groups, and their defaults keep their own bounds. */
export function checkParameters(template: Template): Problem[] {
  const problems: Problem[] = []
  const say = (path: string, message: string) => problems.push({ template: template.name, path, message })
  const parameters = section(template, 'Parameters')
  for (const [name, parameter] of Object.entries(parameters)) {
    const path = `Parameters.${name}`
    if (!isSection(parameter)) {
      say(path, 'is no parameter')
      continue
    }
    for (const key of Object.keys(parameter))
      if (!KEYS.includes(key)) say(`${path}.${key}`, 'is no part of a parameter')
    if (!parameter.Description) say(path, 'has no description')
    if (parameter.Type !== 'String' && parameter.Type !== 'Number') say(`${path}.Type`, 'must be String or Number')
    const bounded = parameter.AllowedValues ?? parameter.AllowedPattern ?? parameter.MinValue
    if (bounded === undefined) say(path, 'has no bounds')
    const fault = parameter.Default === undefined ? undefined : refusal(parameter, String(parameter.Default))
    if (fault) say(`${path}.Default`, fault)
  }

  const shown = groups(template)
  for (const name of Object.keys(parameters))
    if (shown.filter((each) => each === name).length !== 1) say(`Parameters.${name}`, 'is not in one group of the form')
  for (const name of shown) if (!(name in parameters)) say(`Metadata.${INTERFACE}`, `there is no parameter ${name}`)
  return problems
}

/** Why CloudFormation would refuse the value, if it would. */
export function refusal(parameter: Section, value: string): string | undefined {
  const { AllowedValues, AllowedPattern, MinValue, MaxValue, Type } = parameter
  if (Type === 'Number' && (value.trim() === '' || Number.isNaN(Number(value)))) return 'must be a number'
  if (Array.isArray(AllowedValues) && !AllowedValues.map(String).includes(value))
    return `must be one of ${AllowedValues.join(', ')}`
  if (AllowedPattern !== undefined && !new RegExp(`^(?:${AllowedPattern})$`).test(value))
    return String(parameter.ConstraintDescription ?? `must match ${AllowedPattern}`)
  if (typeof MinValue === 'number' && Number(value) < MinValue) return `must be at least ${MinValue}`
  if (typeof MaxValue === 'number' && Number(value) > MaxValue) return `must be at most ${MaxValue}`
  return undefined
}

function groups(template: Template): string[] {
  const form = section(template, 'Metadata')[INTERFACE]
  const list = isSection(form) && Array.isArray(form.ParameterGroups) ? form.ParameterGroups : []
  return list.flatMap((group) =>
    isSection(group) && Array.isArray(group.Parameters) ? group.Parameters.map(String) : [],
  )
}
