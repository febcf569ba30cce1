import { Failure } from '../errors.ts'
import { progress, step } from '../output.ts'
import { type Aws, awsIn } from './aws.ts'
import { COMPUTES, checkEnv, stackOf } from './plan.ts'
import { deleteStack, describe } from './stacks.ts'
import { STACK_NAMES } from './steps.ts'

export type Destroyed = { deleted: string[]; kept: string[] }

/** The order of deployment, backwards; an environment may have the API on both computes. */
const ORDER = STACK_NAMES.toReversed().flatMap((name) =>
  name === 'api' ? COMPUTES.map((compute) => `api-${compute}`) : [name],
)
/** What the database depends on; deleted only after it. */
const DATABASE_NEEDS = ['network', 'alerts']

/** Deletes the environment's stacks, except a protected database and what it depends on. */
export async function destroy(
  env: string,
  region: string,
  { only, yes }: { only: string | undefined; yes: boolean },
): Promise<Destroyed> {
  checkEnv(env)
  if (only !== undefined && !ORDER.includes(only))
    throw new Failure(`Invalid --only '${only}'.`, `Use one of ${ORDER.join(', ')}.`, 2)
  const existing: { name: string; stack: string; aws: Aws; isProtected: boolean; outputs: Record<string, string> }[] =
    []
  for (const name of ORDER) {
    const stack = `xmonitor-${env}-${name}`
    const aws = awsIn(name === 'edge' ? 'us-east-1' : region)
    const found = await describe(aws, stack)
    if (found)
      existing.push({
        name,
        stack,
        aws,
        isProtected: found.EnableTerminationProtection === true,
        outputs: Object.fromEntries((found.Outputs ?? []).map((each) => [each.OutputKey, each.OutputValue])),
      })
  }

  const isProtected = existing.some((each) => each.name === 'database' && each.isProtected)
  const isKept = (name: string) => isProtected && (name === 'database' || DATABASE_NEEDS.includes(name))
  const chosen = existing.filter(({ name }) => (only === undefined ? !isKept(name) : name === only))
  if (only === 'database' && isProtected) throw protectedDatabase(env)
  if (!yes) {
    for (const { stack } of chosen) progress(`  - ${stack} would be deleted`)
    for (const { name, stack } of existing)
      if (only === undefined && isKept(name)) progress(`  = ${stack} would be kept`)
    throw new Failure(`This deletes ${chosen.length} stacks of ${env}.`, 'To confirm, add --yes.', 2)
  }

  for (const { stack, aws } of chosen) await step(['Deleting', 'Deleted'], stack, () => deleteStack(aws, stack))
  return {
    deleted: chosen.map(({ stack }) => stack),
    kept: [
      ...existing.filter((each) => !chosen.includes(each)).map(({ stack }) => `the stack ${stack}`),
      ...(isProtected ? [`the database, which is protected. ${protectedDatabase(env).next}`] : []),
      ...chosen
        .filter(({ name }) => name === 'runner')
        .map(({ outputs }) => `the bucket ${outputs.Bucket} with the uploaded source snapshots and reports`),
      ...(chosen.some(({ name }) => name === 'database') ? await finalSnapshots(env, awsIn(region)) : []),
      'the CloudWatch logs of RDS and App Runner, for 90 days',
    ],
  }
}

function protectedDatabase(env: string): Failure {
  return new Failure(
    `The database of ${env} is protected.`,
    `To delete it, set "DeletionProtection": "false" under "database" in infra/parameters/${env}.json, run npm run deploy -- --env ${env} --only database, then this command again.`,
    2,
  )
}

/** The final RDS snapshots; CloudFormation names them after the stack. */
async function finalSnapshots(env: string, aws: Aws): Promise<string[]> {
  const stack = stackOf({ env, compute: 'ecs-express' }, 'database')
  type Instances = { DBSnapshots: { DBSnapshotIdentifier: string }[] }
  type Clusters = { DBClusterSnapshots: { DBClusterSnapshotIdentifier: string }[] }
  const { DBSnapshots } = await aws.call<Instances>('rds', 'describe-db-snapshots', { SnapshotType: 'manual' })
  const { DBClusterSnapshots } = await aws.call<Clusters>('rds', 'describe-db-cluster-snapshots', {
    SnapshotType: 'manual',
  })
  return [
    ...DBSnapshots.map((each) => each.DBSnapshotIdentifier),
    ...DBClusterSnapshots.map((each) => each.DBClusterSnapshotIdentifier),
  ]
    .filter((name) => name.startsWith(stack))
    .map((name) => `the RDS snapshot ${name}`)
}
