import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Failure } from '../errors.ts'
import { makeFolder } from '../files.ts'
import { count, progress } from '../output.ts'
import { type Aws, waitFor } from './aws.ts'
import { type Change, isDestructive, showChanges } from './changes.ts'

/** A stack as it should be. */
export type Wanted = {
  /** The whole name, such as xmonitor-staging-network. */
  stack: string
  /** The template's text. */
  template: string
  parameters: Record<string, string>
  tags: Record<string, string>
}

export type Options = {
  /** Where the deployed templates are written. */
  folder: string
  /** Only shows the changes. */
  dryRun: boolean
  /** Asks before something is replaced or deleted; throws if the answer is no. */
  confirm: (question: string) => Promise<void>
}

export type Outcome = 'created' | 'updated' | 'unchanged' | 'shown'

type Described = {
  StackStatus: string
  EnableTerminationProtection?: boolean
  Outputs?: { OutputKey: string; OutputValue: string }[]
}
type ChangeSet = { Status: string; StatusReason?: string; Changes?: { ResourceChange: Change }[] }

/** The slowest: ECS Express may take 180 minutes to create a service before it gives up. */
const STACK_MINUTES = 200
const CHANGE_SET_MINUTES = 15

/** A stack without resources, or without any that will last. */
const ABSENT = /^(REVIEW_IN_PROGRESS|CREATE_FAILED|ROLLBACK_|DELETE_)/

/** What a failed creation or deletion leaves behind. */
const DEAD = /^(ROLLBACK_COMPLETE|ROLLBACK_FAILED|CREATE_FAILED|DELETE_FAILED)$/

/** The outputs of a stack; undefined if it does not exist or has no resources yet. */
export async function outputsOf(aws: Aws, stack: string): Promise<Record<string, string> | undefined> {
  const found = await describe(aws, stack)
  if (!found || ABSENT.test(found.StackStatus)) return
  return Object.fromEntries((found.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]))
}

/** Creates or updates a stack: shows the change set, asks before anything is lost, waits for the end. */
export async function deployStack(aws: Aws, wanted: Wanted, options: Options): Promise<Outcome> {
  const status = await stableStatus(aws, wanted.stack)
  if (options.dryRun && status && DEAD.test(status)) {
    progress(`  ! ${wanted.stack} is ${status}: it would be deleted and created again`)
    return 'shown'
  }
  const isNew = await removeDead(aws, wanted.stack, status, options)
  const changeSet = await createChangeSet(aws, wanted, isNew, options)
  if (!changeSet) return 'unchanged'

  const { changes, discard } = changeSet
  showChanges(changes)
  if (options.dryRun) {
    await discard()
    return 'shown'
  }
  const lost = changes.filter(isDestructive)
  if (lost.length > 0)
    try {
      await options.confirm(`${wanted.stack}: ${count(lost.length)} of these replace or delete something. Continue?`)
    } catch (error) {
      await discard()
      throw error
    }

  await aws.call('cloudformation', 'execute-change-set', { StackName: wanted.stack, ChangeSetName: changeSet.name })
  const end = await stableStatus(aws, wanted.stack)
  if (end === 'CREATE_COMPLETE' || end === 'UPDATE_COMPLETE') return isNew ? 'created' : 'updated'
  throw new Failure(
    `${wanted.stack} ended as ${end}:\n${(await reasons(aws, wanted.stack)).join('\n')}`,
    'CloudFormation rolled the change back. Fix what it reports and run the command again.',
  )
}

/** Deletes a stack and waits; false if there is none. */
export async function deleteStack(aws: Aws, stack: string): Promise<boolean> {
  if (!(await stableStatus(aws, stack))) return false
  await aws.call('cloudformation', 'delete-stack', { StackName: stack })
  const end = await stableStatus(aws, stack)
  if (!end) return true
  throw new Failure(
    `${stack} ended as ${end}:\n${(await reasons(aws, stack)).join('\n')}`,
    'Fix what it reports and run the command again.',
  )
}

export async function describe(aws: Aws, stack: string): Promise<Described | undefined> {
  const found = await aws.find<{ Stacks: Described[] }>('cloudformation', 'describe-stacks', { StackName: stack })
  return found?.Stacks.find(({ StackStatus }) => StackStatus !== 'DELETE_COMPLETE')
}

/** The stack's status once it is stable: waits for a change in progress, also one that somebody else began. */
async function stableStatus(aws: Aws, stack: string): Promise<string | undefined> {
  const { status } = await waitFor(stack, STACK_MINUTES, async () => {
    const status = (await describe(aws, stack))?.StackStatus
    const isMoving = status?.endsWith('_IN_PROGRESS') && status !== 'REVIEW_IN_PROGRESS'
    return isMoving ? { status: status! } : { result: { status } }
  })
  return status
}

/** Whether the stack is to be created. First deletes what a failed creation left: it has no resources and cannot be updated. */
async function removeDead(aws: Aws, stack: string, status: string | undefined, options: Options): Promise<boolean> {
  if (!status || status === 'REVIEW_IN_PROGRESS') return true
  if (DEAD.test(status)) {
    await options.confirm(`${stack} is ${status} and must be deleted before it can be created again. Delete it?`)
    await deleteStack(aws, stack)
    return true
  }
  if (status.endsWith('_FAILED'))
    throw new Failure(
      `${stack} is ${status}.`,
      `See why in the CloudFormation console, then run: aws cloudformation continue-update-rollback --stack-name ${stack}`,
    )
  return false
}

async function createChangeSet(aws: Aws, wanted: Wanted, isNew: boolean, { folder }: Options) {
  makeFolder(folder)
  const file = join(folder, `${wanted.stack}.yaml`)
  writeFileSync(file, wanted.template)
  const names = { StackName: wanted.stack, ChangeSetName: `deploy-${Date.now()}` }
  await aws.call(
    'cloudformation',
    'create-change-set',
    {
      ...names,
      ChangeSetType: isNew ? 'CREATE' : 'UPDATE',
      Capabilities: ['CAPABILITY_IAM'],
      Parameters: pairs(wanted.parameters, 'ParameterKey', 'ParameterValue'),
      Tags: pairs(wanted.tags, 'Key', 'Value'),
    },
    '--template-body',
    `file://${file}`,
  )
  const discard = async () => {
    await aws.call('cloudformation', 'delete-change-set', names)
    // Otherwise a stack that never had more than a change set would stay, empty.
    if (isNew) await deleteStack(aws, wanted.stack)
  }

  const made = await waitFor(`The change set of ${wanted.stack}`, CHANGE_SET_MINUTES, async () => {
    const set = await aws.call<ChangeSet>('cloudformation', 'describe-change-set', names)
    return /_(PENDING|IN_PROGRESS)$/.test(set.Status) ? { status: set.Status } : { result: set }
  })
  if (made.Status === 'CREATE_COMPLETE')
    return { name: names.ChangeSetName, changes: (made.Changes ?? []).map((each) => each.ResourceChange), discard }
  const isEmpty = /didn't contain changes|No updates are to be performed/.test(made.StatusReason ?? '')
  const errors = isEmpty ? [] : await validationErrors(aws, names)
  await discard()
  if (isEmpty) return undefined
  throw new Failure(
    [`${wanted.stack}: the change set failed: ${made.StatusReason}`, ...errors].join('\n'),
    'Nothing was changed. Fix what it reports and run the command again.',
  )
}

/** What early validation found wrong in a change set; its status only says that it did. */
async function validationErrors(aws: Aws, names: { StackName: string; ChangeSetName: string }): Promise<string[]> {
  type Event = { LogicalResourceId?: string; ValidationPath?: string; ValidationStatusReason?: string }
  try {
    const { OperationEvents } = await aws.call<{ OperationEvents: Event[] }>('cloudformation', 'describe-events', {
      ...names,
      Filters: { FailedEvents: true },
    })
    return OperationEvents.filter((event) => event.ValidationStatusReason).map(
      (event) => `  ${event.ValidationPath ?? event.LogicalResourceId}: ${event.ValidationStatusReason}`,
    )
  } catch (error) {
    // An AWS CLI from before the end of 2025 does not have this call; the change set's own failure matters more.
    return [`  (no details: ${(error as Error).message.split('\n')[0]})`]
  }
}

function pairs(values: Record<string, string>, key: string, value: string): Record<string, string>[] {
  return Object.entries(values).map(([name, given]) => ({ [key]: name, [value]: given }))
}

/** Why the last change failed: the first errors, without the resources that were only cancelled. */
async function reasons(aws: Aws, stack: string): Promise<string[]> {
  type Event = { LogicalResourceId: string; ResourceStatus: string; ResourceStatusReason?: string }
  const { StackEvents } = await aws.call<{ StackEvents: Event[] }>('cloudformation', 'describe-stack-events', {
    StackName: stack,
  })
  const failed = StackEvents.filter(
    ({ ResourceStatus, ResourceStatusReason: reason }) =>
      ResourceStatus.endsWith('_FAILED') && reason && !/cancelled/i.test(reason),
  )
  if (failed.length === 0) progress(`${stack}: no event names a reason`)
  return failed
    .reverse()
    .slice(0, 5)
    .map(({ LogicalResourceId, ResourceStatusReason }) => `  ${LogicalResourceId}: ${ResourceStatusReason}`)
}
