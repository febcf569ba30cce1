import type { Section, Template, Value } from '../template.ts'
import { asFunction, isSection } from './functions.ts'

/** One way the parameters may be set, seen through the conditions: which of them hold. */
export type World = Record<string, boolean>

/** Every way the template's conditions can come out together. */
export function worlds(template: Template): World[] {
  const conditions = (template.body.Conditions ?? {}) as Section
  const parameters = Object.entries((template.body.Parameters ?? {}) as Section)
    .filter(([name]) => mentions(conditions, name))
    .map(([name, parameter]) => [name, choices(parameter, conditions, name)] as const)

  let assignments: Record<string, Value>[] = [{}]
  for (const [name, values] of parameters)
    assignments = assignments.flatMap((each) => values.map((value) => ({ ...each, [name]: value })))

  const found = new Map<string, World>()
  for (const assignment of assignments) {
    const world = Object.fromEntries(Object.keys(conditions).map((name) => [name, holds(name, conditions, assignment)]))
    found.set(JSON.stringify(world), world)
  }
  return [...found.values()]
}

function mentions(conditions: Section, parameter: string): boolean {
  return JSON.stringify(conditions).includes(`{"Ref":"${parameter}"}`)
}

/** What a parameter can be, as far as the conditions tell it apart: its allowed values, or each value that is asked for and one more. */
function choices(parameter: Value, conditions: Section, name: string): Value[] {
  if (isSection(parameter) && Array.isArray(parameter.AllowedValues)) return parameter.AllowedValues
  const asked = [...JSON.stringify(conditions).matchAll(/"Fn::Equals":\[\{"Ref":"(\w+)"\},("[^"]*"|[\d.]+)\]/g)]
  return [...new Set(asked.filter(([, who]) => who === name).map(([, , value]) => JSON.parse(value!))), 'another value']
}

function holds(name: string, conditions: Section, assignment: Record<string, Value>): boolean {
  return truth(conditions[name] ?? null, conditions, assignment)
}

function truth(value: Value, conditions: Section, assignment: Record<string, Value>): boolean {
  const call = asFunction(value)
  const list = Array.isArray(call?.argument) ? call.argument : []
  switch (call?.name) {
    case 'Condition':
      return holds(String(call.argument), conditions, assignment)
    case 'Fn::Not':
      return !truth(list[0] ?? null, conditions, assignment)
    case 'Fn::And':
      return list.every((each) => truth(each, conditions, assignment))
    case 'Fn::Or':
      return list.some((each) => truth(each, conditions, assignment))
    case 'Fn::Equals':
      return text(list[0], assignment) === text(list[1], assignment)
    default:
      return false
  }
}

/** CloudFormation compares texts: 0 equals '0'. */
function text(value: Value | undefined, assignment: Record<string, Value>): string {
  return String(isSection(value) && typeof value.Ref === 'string' ? assignment[value.Ref] : value)
}
