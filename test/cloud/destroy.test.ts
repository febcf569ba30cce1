import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import { deploy } from '../../tooling/lib/cloud/deployment.ts'
import { destroy } from '../../tooling/lib/cloud/destruction.ts'
import { type Compute, environment } from '../../tooling/lib/cloud/plan.ts'
import { STEP_NAMES as STEPS } from '../../tooling/lib/cloud/steps.ts'
import { Failure } from '../../tooling/lib/errors.ts'
import { startCloud } from './fake/aws.ts'
import type { Cloud } from './fake/types.ts'
import { capture, plainEnvironment } from './support.ts'

const REGION = 'eu-central-1'
let cloud: Cloud

/** The database of staging may be deleted, by infra/parameters/staging.json; trial has the defaults. */
function bring(env: string, compute: Compute = 'ecs-express') {
  mkdirSync(join(cloud.dir, 'page'), { recursive: true })
  writeFileSync(join(cloud.dir, 'page/index.html'), '')
  return capture(() =>
    deploy({
      environment:
        env === 'staging' ? environment(env, compute, REGION) : plainEnvironment(cloud.dir, env, compute, REGION),
      steps: STEPS.filter((step) => !['migrate', 'page', 'smoke'].includes(step)),
      image: cloud.registry.image,
      page: join(cloud.dir, 'page'),
      dryRun: false,
      confirm: async () => {},
      folder: join(cloud.dir, 'data'),
    }),
  )
}

function take(env: string, { only, yes = true }: { only?: string; yes?: boolean } = {}) {
  return capture(() => destroy(env, REGION, { only, yes }))
}

function messageOf({ error }: { error?: unknown }): string {
  assert.ok(error instanceof Failure)
  return (error as Failure).message
}

function there(): string[] {
  return Object.keys(cloud.state.stacks).map((key) => key.split('/')[1]!)
}

test.before.each(async () => {
  cloud = await startCloud()
})

test.after.each(() => cloud.stop())

test('without --yes nothing goes, and what would go and stay is named', async () => {
  await bring('trial')
  cloud.names()
  const { error, printed } = await take('trial', { yes: false })
  assert.equal((error as Failure).exitCode, 2)
  assert.ok((error as Failure).message.includes('This deletes 7 stacks of trial.'))
  for (const name of ['watch', 'watch-alerts', 'edge', 'web', 'api-ecs-express', 'runner', 'registry'])
    assert.ok(printed.includes(`- xmonitor-trial-${name} would be deleted`))
  for (const name of ['database', 'network', 'alerts'])
    assert.ok(printed.includes(`= xmonitor-trial-${name} would be kept`))
  assert.ok(!cloud.names().some((name) => name.includes('delete-stack')))
})

test('a protected database stays, with what it stands on, and the way to let it go is told', async () => {
  await bring('trial')
  const { error, result } = await take('trial')
  assert.equal(error, undefined)
  assert.deepEqual(there().sort(), ['xmonitor-trial-alerts', 'xmonitor-trial-database', 'xmonitor-trial-network'])
  assert.match(result!.kept.join('\n'), /the database, which is protected\. .*infra\/parameters\/trial\.json/)
  assert.ok(result!.kept.join('\n').includes('the bucket the-bucket'))
  assert.match(messageOf(await take('trial', { only: 'database' })), /The database of trial is protected/)
})

test('without protection all of it goes, backwards, and the last snapshot is named', async () => {
  await bring('staging')
  cloud.names()
  const { error, result } = await take('staging')
  assert.equal(error, undefined)
  assert.deepEqual(there(), [])
  const order = cloud.names().filter((name) => name.includes('delete-stack'))
  assert.deepEqual(
    order.map((name) => name.replace('cloudformation delete-stack xmonitor-staging-', '')),
    ['watch', 'watch-alerts', 'edge', 'web', 'api-ecs-express', 'runner', 'registry', 'database', 'network', 'alerts'],
  )
  const edge = cloud.calls.find(({ operation, input }) => operation === 'delete-stack' && /edge/.test(input.StackName))
  assert.equal(edge?.args[edge.args.indexOf('--region') + 1], 'us-east-1')
  assert.ok(result!.kept.join('\n').includes('the RDS snapshot xmonitor-staging-database-snapshot-instance-1a2b'))
  assert.ok(result!.kept.join('\n').includes('the automated backups of xmonitor-staging-database-instance-1a2b'))
  assert.doesNotMatch(result!.kept.join('\n'), /xmonitor-other|mine/)
})

test('one stack alone goes, such as the API of the other compute', async () => {
  await bring('staging')
  await bring('staging', 'apprunner')
  assert.ok(there().includes('xmonitor-staging-api-apprunner'))
  const { error } = await take('staging', { only: 'api-ecs-express' })
  assert.equal(error, undefined)
  assert.ok(!there().includes('xmonitor-staging-api-ecs-express'))
  assert.ok(there().includes('xmonitor-staging-api-apprunner'))
})

test('a stack that others stand on says so and stays', async () => {
  await bring('staging')
  const { error } = await take('staging', { only: 'network' })
  assert.match(
    (error as Failure).message,
    /ended as DELETE_FAILED:\n.*An export is in use by eu-central-1\/xmonitor-staging-/,
  )
})

test('an interrupted destruction goes on where it stopped, and nothing is nothing', async () => {
  await bring('staging')
  cloud.state.faults['cloudformation delete-stack xmonitor-staging-runner'] = 'Throttling'
  assert.ok(messageOf(await take('staging')).includes('Throttling'))
  assert.equal((await take('staging')).error, undefined)
  assert.deepEqual(there(), [])
  assert.deepEqual((await take('staging')).result?.deleted, [])
})

test('an unknown stack is refused', async () => {
  assert.ok(messageOf(await take('staging', { only: 'everything' })).includes("Invalid --only 'everything'"))
})

test.run()
