import type { Section } from './template.ts'

/** Why CloudFormation would refuse this value of a parameter; undefined if it would not. */
export function parameterFault(parameter: Section, value: string): string | undefined {
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
