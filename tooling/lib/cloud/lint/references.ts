import type { Template, Value } from '../template.ts'
import { type World, worlds } from './conditions.ts'
import { asFunction, callsIn, isKnown, isSection, namesInSub } from './functions.ts'
import type { Problem } from './lint.ts'
import { resourceSchema, section } from './schema.ts'

const PSEUDO = ['AccountId', 'NoValue', 'Partition', 'Region', 'StackId', 'StackName', 'URLSuffix'].map(
  (name) => `AWS::${name}`,
)
/** Where a parameter, a condition or a mapping is used; Metadata only tells how to show them. */
const USING = ['Resources', 'Conditions', 'Outputs', 'Rules']

type Say = (path: string, message: string) => void

/** Every name that is used exists, and every name that exists is used. */
export function checkReferences(template: Template): Problem[] {
  const problems: Problem[] = []
  const say: Say = (path, message) => problems.push({ template: template.name, path, message })
  const used = { Parameters: new Set<string>(), Conditions: new Set<string>(), Mappings: new Set<string>() }

  for (const part of USING)
    for (const call of callsIn(template.body[part] ?? null, part)) {
      if (!isKnown(call.name)) say(call.path, `${call.name} is no function that is used here`)
      for (const name of refsOf(call)) {
        if (section(template, 'Parameters')[name]) used.Parameters.add(name)
        checkName(template, name, call.path, say)
      }
      if (call.name === 'Fn::FindInMap') checkMapping(template, call.argument, call.path, used.Mappings, say)
      const condition = conditionOf(call)
      if (condition) checkCondition(template, condition, call.path, used.Conditions, say)
    }

  for (const part of ['Resources', 'Outputs'])
    for (const [id, entry] of Object.entries(section(template, part))) {
      if (!isSection(entry)) continue
      if (typeof entry.Condition === 'string')
        checkCondition(template, entry.Condition, `${part}.${id}.Condition`, used.Conditions, say)
      for (const other of [entry.DependsOn ?? []].flat())
        if (!section(template, 'Resources')[String(other)])
          say(`${part}.${id}.DependsOn`, `there is no resource ${other}`)
    }

  for (const [kind, names] of Object.entries(used))
    for (const name of Object.keys(section(template, kind)))
      if (!names.has(name)) say(`${kind}.${name}`, 'is used nowhere')

  checkGuards(template, say)
  return problems
}

/** The names behind Ref, Fn::GetAtt (with its attribute) and Fn::Sub (less those it brings along). */
function refsOf({ name, argument }: { name: string; argument: Value }): string[] {
  if (name === 'Ref') return [String(argument)]
  if (name === 'Fn::GetAtt' && Array.isArray(argument)) return [argument.join('.')]
  if (name !== 'Fn::Sub') return []
  const [text, own] = Array.isArray(argument) ? argument : [argument, {}]
  return namesInSub(String(text)).filter((each) => !(isSection(own) && each in own))
}

function checkName(template: Template, name: string, path: string, say: Say): void {
  if (name.startsWith('AWS::')) {
    if (!PSEUDO.includes(name)) say(path, `there is no ${name}`)
    return
  }
  if (section(template, 'Parameters')[name]) return
  const dot = name.indexOf('.')
  const id = dot < 0 ? name : name.slice(0, dot)
  const resource = section(template, 'Resources')[id]
  if (!isSection(resource)) {
    say(path, `there is no parameter and no resource ${id}`)
    return
  }
  const schema = resourceSchema(String(resource.Type))
  if (dot >= 0 && schema && !(name.slice(dot + 1) in schema.attributes))
    say(path, `${resource.Type} has no attribute ${name.slice(dot + 1)}`)
}

function checkMapping(template: Template, argument: Value, path: string, used: Set<string>, say: Say): void {
  const [name, , second] = Array.isArray(argument) ? argument : []
  used.add(String(name))
  const mapping = section(template, 'Mappings')[String(name)]
  if (!isSection(mapping)) {
    say(path, `there is no mapping ${name}`)
    return
  }
  for (const [key, entry] of Object.entries(mapping))
    if (typeof second === 'string' && !(isSection(entry) && second in entry))
      say(path, `the mapping ${name} has no ${second} under ${key}`)
}

function conditionOf({ name, argument }: { name: string; argument: Value }): string | undefined {
  if (name === 'Condition') return String(argument)
  return name === 'Fn::If' && Array.isArray(argument) ? String(argument[0]) : undefined
}

function checkCondition(template: Template, name: string, path: string, used: Set<string>, say: Say): void {
  used.add(name)
  if (!(name in section(template, 'Conditions'))) say(path, `there is no condition ${name}`)
}

/** Whoever names a resource that is not always there must not be there either without it. */
function checkGuards(template: Template, say: Say): void {
  const resources = section(template, 'Resources')
  const all = worlds(template)
  for (const part of ['Resources', 'Outputs'])
    for (const [id, entry] of Object.entries(section(template, part))) {
      if (!isSection(entry)) continue
      const when = all.filter((world) => typeof entry.Condition !== 'string' || world[entry.Condition])
      for (const { name, path, world } of namedIn(entry, `${part}.${id}`, when)) {
        const target = resources[name.split('.')[0]!]
        if (!isSection(target) || typeof target.Condition !== 'string') continue
        if (!world.every((each) => each[target.Condition as string]))
          say(path, `names ${name}, which is not there when ${target.Condition} does not hold`)
      }
    }
}

/** The names in a value with the worlds in which they are looked at: Fn::If divides them. */
function* namedIn(
  value: Value,
  path: string,
  world: World[],
): Generator<{ name: string; path: string; world: World[] }> {
  const call = asFunction(value)
  if (call) for (const name of refsOf(call)) yield { name, path, world }
  if (call?.name === 'Fn::If' && Array.isArray(call.argument)) {
    const [condition, yes, no] = call.argument
    yield* namedIn(
      yes ?? null,
      `${path}.Fn::If.1`,
      world.filter((each) => each[String(condition)]),
    )
    yield* namedIn(
      no ?? null,
      `${path}.Fn::If.2`,
      world.filter((each) => !each[String(condition)]),
    )
    return
  }
  if (typeof value !== 'object' || value === null) return
  for (const [key, inner] of Object.entries(value)) yield* namedIn(inner as Value, `${path}.${key}`, world)
}
