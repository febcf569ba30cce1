import { readFileSync } from 'node:fs'
import { parseDocument } from 'yaml'
import type { Json, Request, State } from './types.ts'

// CloudFormation in small: change sets by comparing resources under their conditions, exports that must be there before
// they are imported and cannot go while they are, stacks that take a moment. It reads the templates by itself.

/** How often a stack is looked at before its change is done. */
const MOMENTS = 1

export function cloudformation(request: Request): Json {
  const { state, input, region, operation, args, refuse } = request
  const key = `${region}/${input.StackName}`
  const stack = state.stacks[key]
  const missing = () => refuse('ValidationError', `Stack with id ${input.StackName} does not exist`)
  if (!stack && !['create-change-set', 'delete-stack'].includes(operation)) missing()

  switch (operation) {
    case 'describe-stacks':
      settle(state, key)
      return state.stacks[key] ? { Stacks: [described(input.StackName, state.stacks[key])] } : missing()
    case 'create-change-set':
      return createChangeSet(request, key)
    case 'describe-change-set':
      return stack.changeSets[input.ChangeSetName] ?? refuse('ChangeSetNotFound', 'ChangeSet does not exist')
    case 'describe-events':
      return { OperationEvents: [{ EventType: 'VALIDATION_ERROR', ...stack.changeSets[input.ChangeSetName].error }] }
    case 'delete-change-set':
      delete stack.changeSets[input.ChangeSetName]
      return
    case 'execute-change-set':
      execute(stack, stack.changeSets[input.ChangeSetName].wanted, state.failing[input.StackName])
      delete state.failing[input.StackName]
      return
    case 'describe-stack-events':
      return { StackEvents: stack.events }
    case 'update-termination-protection':
      stack.guarded = args.includes('--enable-termination-protection')
      return
    case 'delete-stack':
      if (stack?.guarded) refuse('ValidationError', 'Stack cannot be deleted while TerminationProtection is enabled')
      if (stack) begin(stack, 'DELETE_IN_PROGRESS', ...deletion(state, stack))
      return
    default:
      throw new Error(`the fake knows no cloudformation ${operation}`)
  }
}

function described(StackName: string, { status, guarded = false, outputs = {} }: Json): Json {
  const Outputs = Object.entries(outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue }))
  return { StackName, StackStatus: status, EnableTerminationProtection: guarded, ...(Outputs.length && { Outputs }) }
}

/** A change takes effect when the stack has been looked at often enough. */
function begin(stack: Json, status: string, next: Json, events: Json[] = []): void {
  Object.assign(stack, { status, next, events, moments: MOMENTS })
}

function settle(state: State, key: string): void {
  const stack = state.stacks[key]
  if (!stack?.next || stack.moments-- > 0) return
  if (stack.next === 'gone') delete state.stacks[key]
  else Object.assign(stack, stack.next)
  delete stack.next
}

function execute(stack: Json, wanted: Json, failure: string | undefined): void {
  const kind = stack.status === 'REVIEW_IN_PROGRESS' ? 'CREATE' : 'UPDATE'
  const rolledBack = kind === 'CREATE' ? 'ROLLBACK_COMPLETE' : 'UPDATE_ROLLBACK_COMPLETE'
  stack.changeSets = {}
  if (!failure) begin(stack, `${kind}_IN_PROGRESS`, { ...wanted, status: `${kind}_COMPLETE` })
  else
    begin(stack, `${kind}_IN_PROGRESS`, { status: rolledBack }, [
      event('Instance', 'CREATE_FAILED', failure),
      event('Vpc', 'CREATE_FAILED', 'Resource creation cancelled'),
    ])
}

function deletion(state: State, stack: Json): [next: Json, events: Json[]] {
  const user = Object.entries(state.stacks).find(([, other]) =>
    other.imports?.some((name: string) => name in (stack.exports ?? {})),
  )
  if (!user) return ['gone', []]
  return [{ status: 'DELETE_FAILED' }, [event('Vpc', 'DELETE_FAILED', `An export is in use by ${user[0]}`)]]
}

function event(LogicalResourceId: string, ResourceStatus: string, ResourceStatusReason: string): Json {
  return { LogicalResourceId, ResourceStatus, ResourceStatusReason }
}

function createChangeSet({ state, input, region, args, refuse }: Request, key: string): Json {
  const stack = state.stacks[key]
  const exists = stack !== undefined && stack.status !== 'REVIEW_IN_PROGRESS'
  if (stack?.status === 'ROLLBACK_COMPLETE') refuse('ValidationError', 'Stack is in ROLLBACK_COMPLETE state')
  if ((input.ChangeSetType === 'CREATE') === exists)
    refuse('ValidationError', `Stack [${input.StackName}] ${exists ? 'already exists' : 'does not exist'}`)

  const file = args[args.indexOf('--template-body') + 1]!.replace('file://', '')
  const template = read(readFileSync(file, 'utf8'))
  const given = Object.fromEntries(input.Parameters.map((each: Json) => [each.ParameterKey, each.ParameterValue]))
  for (const name of Object.keys(given))
    if (!template.Parameters?.[name]) refuse('ValidationError', `Parameters: [${name}] do not exist in the template`)
  const parameters: Json = {}
  for (const [name, { Default }] of Object.entries<Json>(template.Parameters ?? {})) {
    parameters[name] = given[name] ?? Default
    if (parameters[name] === undefined) refuse('ValidationError', `Parameters: [${name}] must have values`)
  }

  const unresolved = unresolvedNames(template)
  if (unresolved.length > 0)
    refuse('ValidationError', `Template format error: Unresolved resource dependencies [${unresolved.join(', ')}]`)

  const wanted = evaluate(template, parameters, input.StackName, state)
  const changes = compare(exists ? stack.resources : {}, wanted.resources, state.replaced)
  const there = Object.entries(state.stacks).filter(([at]) => at.startsWith(`${region}/`))
  const absent = wanted.imports.find((name) => !there.some(([, other]) => other.exports?.[name]))
  const failed = (StatusReason: string) => ({ Status: 'FAILED', StatusReason })
  const error = state.invalid[input.StackName]
  delete state.invalid[input.StackName]
  state.stacks[key] = stack ?? { status: 'REVIEW_IN_PROGRESS', changeSets: {} }
  state.stacks[key].changeSets[input.ChangeSetName] = error
    ? { ...failed('The following hook(s)/validation failed: [AWS::EarlyValidation::PropertyValidation].'), error }
    : absent
      ? failed(`No export named ${absent} found.`)
      : changes.length === 0
        ? failed("The submitted information didn't contain changes. Submit different information.")
        : { Status: 'CREATE_COMPLETE', Changes: changes.map((ResourceChange) => ({ ResourceChange })), wanted }
  return { Id: input.ChangeSetName }
}

/** The names behind Ref, Fn::GetAtt and Fn::Sub that the template does not define. */
function unresolvedNames(template: Json): string[] {
  const known = { ...template.Parameters, ...template.Resources }
  const names = function* (value: Json): Generator<string> {
    if (typeof value !== 'object' || value === null) return
    if (typeof value.Ref === 'string') yield value.Ref
    if (value['Fn::GetAtt']) yield String(value['Fn::GetAtt']).split(/[.,]/)[0]!
    const [text, own = {}] = [value['Fn::Sub'] ?? ''].flat()
    for (const [, name] of text.matchAll(/\$\{(\w[\w:]*)[^}]*\}/g)) if (!(name in own)) yield name
    for (const inner of Object.values(value)) yield* names(inner)
  }
  const { Resources, Outputs } = template
  return [...new Set(names({ Resources, Outputs }))].filter((name) => !(name in known) && !name.startsWith('AWS::'))
}

function evaluate(template: Json, parameters: Json, stackName: string, state: State) {
  const holds = (name: string): boolean => truth(template.Conditions[name])
  const truth = (value: Json): boolean => {
    const [[name, argument]] = Object.entries<Json>(value) as [[string, Json]]
    if (name === 'Condition') return holds(argument)
    if (name === 'Fn::Not') return !truth(argument[0])
    if (name === 'Fn::And') return argument.every(truth)
    if (name === 'Fn::Or') return argument.some(truth)
    const [left, right] = argument.map((each: Json) => String(each?.Ref ? parameters[each.Ref] : each))
    return left === right
  }
  const active = (entries: Json = {}) =>
    Object.fromEntries(Object.entries<Json>(entries).filter(([, each]) => !each.Condition || holds(each.Condition)))
  const named = (text: string) =>
    text.replace(/\$\{([\w:]+)\}/g, (_, name) => (name === 'AWS::StackName' ? stackName : parameters[name]))

  const imports = new Set<string>()
  const walk = (value: Json): Json => {
    if (typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) return value.map(walk)
    if (value['Fn::ImportValue']) imports.add(named(value['Fn::ImportValue']['Fn::Sub']))
    if (value.Ref in parameters) return parameters[value.Ref]
    if (value['Fn::If']) return walk(value['Fn::If'][holds(value['Fn::If'][0]) ? 1 : 2])
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, walk(inner)]))
  }
  const resources = walk(active(template.Resources))
  const outputs = active(template.Outputs)
  return {
    resources,
    imports: [...imports],
    outputs: Object.fromEntries(
      Object.keys(outputs).map((name) => [name, state.outputs[name] ?? `${stackName}-${name}`.toLowerCase()]),
    ),
    exports: Object.fromEntries(
      Object.values<Json>(outputs).flatMap((each) => (each.Export ? [[named(each.Export.Name['Fn::Sub']), true]] : [])),
    ),
  }
}

function compare(before: Json, after: Json, replaced: string[]): Json[] {
  const change = (Action: string, id: string, type: string, more = {}) => ({
    Action,
    LogicalResourceId: id,
    ResourceType: type,
    ...more,
  })
  const same = (one: Json, other: Json) => JSON.stringify(one) === JSON.stringify(other)
  return [
    ...Object.entries<Json>(after).flatMap(([id, resource]) => {
      if (!before[id]) return [change('Add', id, resource.Type)]
      if (same(before[id], resource)) return []
      const Details = Object.keys(resource.Properties ?? {})
        .filter((name) => !same(resource.Properties[name], before[id].Properties?.[name]))
        .map((Name) => ({ Target: { Attribute: 'Properties', Name } }))
      return [change('Modify', id, resource.Type, { Replacement: replaced.includes(id) ? 'True' : 'False', Details })]
    }),
    ...Object.entries<Json>(before)
      .filter(([id]) => !after[id])
      .map(([id, resource]) => change('Remove', id, resource.Type, { PolicyAction: 'Delete' })),
  ]
}

/** The template with its tags in their long form. */
function read(text: string): Json {
  const long = (node: Json): Json => {
    const value = node.items
      ? node.items[0]?.key !== undefined
        ? Object.fromEntries(node.items.map(({ key, value }: Json) => [key.value, value ? long(value) : null]))
        : node.items.map(long)
      : node.value
    if (!node.tag?.startsWith('!')) return value
    const name = node.tag.slice(1)
    return { [name === 'Ref' || name === 'Condition' ? name : `Fn::${name}`]: value }
  }
  return long(parseDocument(text, { logLevel: 'silent' }).contents)
}
