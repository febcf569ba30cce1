/** What a deployment does, in this order. A step of the task `stack` deploys the stack of its name. */
export const STEPS = [
  { name: 'roles', task: 'roles' },
  { name: 'alerts', task: 'stack' },
  { name: 'network', task: 'stack' },
  { name: 'database', task: 'stack' },
  { name: 'registry', task: 'stack' },
  { name: 'image', task: 'image' },
  { name: 'runner', task: 'stack' },
  { name: 'migrate', task: 'migrate' },
  { name: 'api', task: 'stack' },
  { name: 'web', task: 'stack' },
  { name: 'page', task: 'page' },
  { name: 'edge', task: 'stack' },
  { name: 'smoke', task: 'smoke' },
] as const

export type Step = (typeof STEPS)[number]
export type StepName = Step['name']
export type StackName = Extract<Step, { task: 'stack' }>['name']

export const STEP_NAMES: readonly StepName[] = STEPS.map(({ name }) => name)

/** The stacks in the order they are created; `api` is one of two templates. */
export const STACK_NAMES: readonly StackName[] = STEPS.flatMap((step) => (step.task === 'stack' ? [step.name] : []))
