import { Failure } from '../errors.ts'
import { progress, step } from '../output.ts'
import { type Aws, awsIn } from './aws.ts'
import { COMPUTES, checkEnv, stackOf } from './plan.ts'
import { deleteStack, describe } from './stacks.ts'

export type Destroyed = { deleted: string[]; stays: string[] }

/** Backwards through the order of deployment, in the region each is in. */
const ORDER = [
  'edge',
  'web',
  ...COMPUTES.map((compute) => `api-${compute}`),
  'runner',
  'registry',
  'database',
  'network',
  'alerts',
]
/** What the database stands on, and goes only after it. */
const UNDER_DATABASE = ['network', 'alerts']

/** Deletes the environment's stacks. A protected database stays, and with it what it stands on. */
export async function destroy(
  env: string,
  region: string,
  { only, yes }: { only: string | undefined; yes: boolean },
): Promise<Destroyed> {
  checkEnv(env)
  if (only !== undefined && !ORDER.includes(only))
    throw new Failure(`--only is '${only}'.`, `There are ${ORDER.join(', ')}.`, 2)
  const there: { name: string; stack: string; aws: Aws; guarded: boolean; outputs: Record<string, string> }[] = []
  for (const name of ORDER) {
    const stack = `xmonitor-${env}-${name}`
    const aws = awsIn(name === 'edge' ? 'us-east-1' : region)
    const found = await describe(aws, stack)
    if (found)
      there.push({
        name,
        stack,
        aws,
        guarded: found.EnableTerminationProtection === true,
        outputs: Object.fromEntries((found.Outputs ?? []).map((each) => [each.OutputKey, each.OutputValue])),
      })
  }

  const guarded = there.some((each) => each.name === 'database' && each.guarded)
  const keeps = (name: string) => guarded && (name === 'database' || UNDER_DATABASE.includes(name))
  const chosen = there.filter(({ name }) => (only === undefined ? !keeps(name) : name === only))
  if (only === 'database' && guarded) throw protectedDatabase(env)
  if (!yes) {
    for (const { stack } of chosen) progress(`  - ${stack} would be deleted`)
    for (const { name, stack } of there) if (only === undefined && keeps(name)) progress(`  = ${stack} would stay`)
    throw new Failure(`This deletes ${chosen.length} stacks of ${env}.`, 'Say yes by --yes.', 2)
  }

  for (const { stack, aws } of chosen) await step(['Deleting', 'Deleted'], stack, () => deleteStack(aws, stack))
  return {
    deleted: chosen.map(({ stack }) => stack),
    stays: [
      ...there.filter((each) => !chosen.includes(each)).map(({ stack }) => `the stack ${stack}`),
      ...(guarded ? [`the database is protected. ${protectedDatabase(env).next}`] : []),
      ...chosen
        .filter(({ name }) => name === 'runner')
        .map(({ outputs }) => `the bucket ${outputs.Bucket} with the uploaded snapshots and the reports`),
      ...(chosen.some(({ name }) => name === 'database') ? await lastSnapshots(env, awsIn(region)) : []),
      'the logs in CloudWatch that RDS and App Runner wrote, 90 days',
    ],
  }
}

function protectedDatabase(env: string): Failure {
  return new Failure(
    `The database of ${env} is protected.`,
    `To let it go, set DeletionProtection to "false" under "database" in infra/parameters/${env}.json, run npm run deploy -- --env ${env} --only database, then this again.`,
    2,
  )
}

/** CloudFormation names the last snapshot after the stack. */
async function lastSnapshots(env: string, aws: Aws): Promise<string[]> {
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
    .map((name) => `the snapshot ${name} of the database`)
}
