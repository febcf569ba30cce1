import { Failure } from '../errors.ts'
import { progress, step } from '../output.ts'
import { type Aws, awsIn } from './aws.ts'
import { awsOf, COMPUTES, checkEnv, stackOf } from './plan.ts'
import { deleteStack, describe } from './stacks.ts'
import { NEEDS, STACK_NAMES } from './steps.ts'

export type Destroyed = { deleted: string[]; kept: string[] }

/** The order of deployment, backwards; an environment may have the API on both computes. */
const ORDER = STACK_NAMES.toReversed().flatMap((name) =>
  name === 'api' ? COMPUTES.map((compute) => `api-${compute}`) : [name],
)

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
    const aws = awsOf({ aws: awsIn(region) }, name)
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
  const isKept = (name: string) => isProtected && (name === 'database' || NEEDS.database.some((each) => each === name))
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
      ...(chosen.some(({ name }) => name === 'database') ? await backups(env, awsIn(region)) : []),
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

/** What RDS keeps of a deleted database: final snapshots and automated backups. CloudFormation names both after the stack. */
async function backups(env: string, aws: Aws): Promise<string[]> {
  const stack = stackOf({ env, compute: 'ecs-express' }, 'database')
  const manual = { SnapshotType: 'manual' }
  const retained = { Filters: [{ Name: 'status', Values: ['retained'] }] }
  const identifiers = async (operation: string, input: object, list: string, id: string) => {
    const found = await aws.call<Record<string, Record<string, string>[]>>('rds', operation, input)
    return (found[list] ?? []).map((each) => each[id] ?? '').filter((name) => name.startsWith(stack))
  }
  const snapshots = [
    ...(await identifiers('describe-db-snapshots', manual, 'DBSnapshots', 'DBSnapshotIdentifier')),
    ...(await identifiers(
      'describe-db-cluster-snapshots',
      manual,
      'DBClusterSnapshots',
      'DBClusterSnapshotIdentifier',
    )),
  ]
  const automated = [
    ...(await identifiers(
      'describe-db-instance-automated-backups',
      retained,
      'DBInstanceAutomatedBackups',
      'DBInstanceIdentifier',
    )),
    ...(await identifiers(
      'describe-db-cluster-automated-backups',
      retained,
      'DBClusterAutomatedBackups',
      'DBClusterIdentifier',
    )),
  ]
  return [
    ...snapshots.map((name) => `the RDS snapshot ${name}`),
    ...automated.map((name) => `the automated backups of ${name}, which RDS deletes by their age`),
  ]
}
