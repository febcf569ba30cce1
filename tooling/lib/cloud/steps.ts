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
  { name: 'readers', task: 'stack' },
  { name: 'web', task: 'stack' },
  { name: 'page', task: 'page' },
  { name: 'edge', task: 'stack' },
  { name: 'watch-alerts', task: 'stack' },
  { name: 'watch', task: 'stack' },
  { name: 'smoke', task: 'smoke' },
] as const

export type Step = (typeof STEPS)[number]
export type StepName = Step['name']
export type StackName = Extract<Step, { task: 'stack' }>['name']

export const STEP_NAMES: readonly StepName[] = STEPS.map(({ name }) => name)

/** The stacks in the order they are created. */
export const STACK_NAMES: readonly StackName[] = STEPS.flatMap((step) => (step.task === 'stack' ? [step.name] : []))

/** The stacks that a stack gets parameters from, by their names or their outputs. */
export const NEEDS: Record<StackName, StackName[]> = {
  alerts: [],
  network: [],
  database: ['alerts', 'network'],
  registry: [],
  runner: ['network', 'database'],
  api: ['alerts', 'network', 'database', 'registry'],
  readers: ['alerts', 'network', 'database', 'registry'],
  web: ['api'],
  edge: ['api', 'web'],
  'watch-alerts': [],
  watch: ['database', 'api', 'web', 'watch-alerts'],
}
