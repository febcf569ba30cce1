import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import { waitFor } from '../../tooling/lib/cloud/aws.ts'
import { STEP_NAMES as STEPS, type StepName } from '../../tooling/lib/cloud/steps.ts'
import { Failure } from '../../tooling/lib/errors.ts'
import { REGION, startTrial, type Trial } from './deploy-support.ts'
import type { State } from './fake/types.ts'
import { capture } from './support.ts'

// A second run, a step that fails, and what a deployment waits for.

const test = suite('deploy, again', {} as Trial)

test.before.each(async (context) => {
  Object.assign(context, await startTrial())
})
test.after.each(({ cloud }) => cloud.stop())

test('a second run changes nothing and repeats nothing that costs', async ({ cloud, run }) => {
  await run()
  cloud.names()
  const before = cloud.registry.requests.length
  const { error, printed } = await run()
  assert.equal(error, undefined)
  const names = cloud.names()
  assert.ok(!names.some((name) => /execute-change-set|delete-stack/.test(name)), names.join('\n'))
  assert.equal(names.filter((name) => name === 'codebuild start-build').length, 1, 'the migrations alone')
  assert.ok(!names.some((name) => name.startsWith('ecr get-login-password')), 'the image is there')
  assert.ok(!cloud.registry.requests.slice(before).some((request) => /^(POST|PATCH)/.test(request)))
  assert.equal(printed.match(/Deployed: [\w-]+, unchanged/g)?.length, 11)
})

/** For each step, the call that fails and what the person is told. */
const FAULTS: [StepName, (state: State) => void, RegExp][] = [
  [
    'alerts',
    ({ faults }) => Object.assign(faults, { 'cloudformation create-change-set': 'AccessDenied: not authorized' }),
    /docs\/aws\.md lists the permissions it needs/,
  ],
  [
    'network',
    ({ faults }) =>
      Object.assign(faults, {
        'cloudformation describe-change-set xmonitor-trial-network': 'Throttling: Rate exceeded',
      }),
    /Wait a minute/,
  ],
  [
    'database',
    ({ failing }) => Object.assign(failing, { 'xmonitor-trial-database': 'The quota is reached' }),
    /ended as ROLLBACK_COMPLETE:\n {2}Instance: The quota is reached/,
  ],
  [
    'registry',
    ({ faults }) =>
      Object.assign(faults, { 'cloudformation execute-change-set xmonitor-trial-registry': 'Expired token' }),
    /Log in again/,
  ],
  [
    'image',
    ({ faults }) => Object.assign(faults, { 'ecr get-login-password': 'Could not connect to the endpoint URL' }),
    /Check the network/,
  ],
  ['runner', ({ failing }) => Object.assign(failing, { 'xmonitor-trial-runner': 'No' }), /Instance: No/],
  ['migrate', ({ failingBuilds }) => failingBuilds.push('FAILED'), /the-dependencies:1 ended as FAILED/],
  ['migrate', ({ failingBuilds }) => failingBuilds.push('SUCCEEDED', 'TIMED_OUT'), /the-runner:3 ended as TIMED_OUT/],
  ['api', ({ failing }) => Object.assign(failing, { 'xmonitor-trial-api-ecs-express': 'No' }), /Instance: No/],
  [
    'web',
    ({ faults }) => Object.assign(faults, { 'cloudformation describe-stacks xmonitor-trial-web': 'Internal' }),
    /Internal/,
  ],
  ['page', ({ faults }) => Object.assign(faults, { 'amplify start-deployment': 'Internal' }), /Internal/],
  ['edge', ({ failing }) => Object.assign(failing, { 'xmonitor-trial-edge': 'No' }), /Instance: No/],
  ['watch', ({ failing }) => Object.assign(failing, { 'xmonitor-trial-watch': 'No' }), /Instance: No/],
]

test('whatever fails, at every step, the next run goes on from there', async ({ cloud, run, stacks }) => {
  for (const [step, fault, told] of FAULTS) {
    fault(cloud.state)
    const { error, printed } = await run(STEPS, { yes: true })
    assert.ok(error instanceof Failure, `${step}: ${printed}`)
    assert.match((error as Failure).message, told)
    const record = join(cloud.dir, 'data/deploy-trial.json')
    const done = existsSync(record) ? Object.keys(JSON.parse(readFileSync(record, 'utf8')).steps) : []
    assert.deepEqual(done, STEPS.slice(0, STEPS.indexOf(step)), `what is recorded before ${step}`)
  }
  const { error, result } = await run(STEPS, { yes: true })
  assert.equal(error, undefined)
  assert.equal(result?.url, 'https://edge.example.test')
  assert.ok(
    Object.values(stacks()).every((status) => /^(CREATE|UPDATE)_COMPLETE$/.test(status)),
    JSON.stringify(stacks()),
  )
})

test('a new account gets the service-linked roles it lacks, before the first stack', async ({ run }) => {
  const { printed } = await run(['roles'])
  assert.match(
    printed,
    /roles, created for ecs\.amazonaws\.com, ecs\.application-autoscaling\.amazonaws\.com, elasticl/,
  )
  assert.equal(STEPS[0], 'roles')
  assert.ok((await run(['roles'])).printed.includes('Deployed: roles, unchanged'))
  assert.match((await run(['roles'], { dryRun: true })).printed, /would create/)
})

test('what early validation refuses is told with its path and reason', async ({ cloud, run, stacks }) => {
  cloud.state.invalid['xmonitor-trial-alerts'] = {
    ValidationPath: '/Resources/Topic/Properties/KmsMasterKeyId',
    ValidationStatusReason: 'expected type: String, found: JSONArray',
  }
  const { error } = await run(['alerts'])
  assert.match((error as Failure).message, /the change set failed: .*EarlyValidation/)
  assert.match(
    (error as Failure).message,
    /\n {2}\/Resources\/Topic\/Properties\/KmsMasterKeyId: expected type: String/,
  )
  assert.deepEqual(stacks(), {}, 'nothing is left')
  cloud.state.invalid['xmonitor-trial-alerts'] = { ValidationPath: '/x', ValidationStatusReason: 'x' }
  cloud.state.faults['cloudformation describe-events'] = 'Found invalid choice: describe-events'
  assert.match(
    ((await run(['alerts'])).error as Failure).message,
    /EarlyValidation.*\n {2}\(no details: .*invalid choice/,
  )
})

test('an account that may run no builds is told where to ask for them', async ({ cloud, run }) => {
  await run(['alerts', 'network', 'database', 'registry', 'runner'])
  cloud.state.faults['codebuild start-build'] =
    'An error occurred (AccountLimitExceededException) when calling the StartBuild operation: Cannot have more than 0 builds in queue for the account'
  assert.match(
    ((await run(['migrate'])).error as Failure).message,
    /Cannot have more than 0 builds[\s\S]*Service Quotas/,
  )
})

test('a change that somebody else began is waited for', async ({ cloud, run }) => {
  await run(['alerts'])
  Object.assign(cloud.state.stacks[`${REGION}/xmonitor-trial-alerts`], {
    status: 'UPDATE_IN_PROGRESS',
    moments: 2,
    next: { status: 'UPDATE_COMPLETE' },
  })
  const { error, printed } = await run(['alerts'])
  assert.equal(error, undefined)
  assert.ok(printed.includes('Deployed: alerts, unchanged'))
})

test('the packed dependencies belong to the build image they were installed on', async ({ cloud, run }) => {
  await run(['alerts', 'network', 'database', 'registry', 'runner', 'migrate'])
  cloud.state.stacks[`${REGION}/xmonitor-trial-runner`].outputs.Image = 'aws/codebuild/standard:8.0'
  await run(['migrate'])
  const keys = cloud.calls
    .filter(({ input }) => String(input.buildspecOverride).endsWith('dependencies.yml'))
    .map(({ input }) => input.environmentVariablesOverride[0].value)
  assert.match(keys[0], /^dependencies\/aws-codebuild-standard-7\.0\/[0-9a-f]{32}$/)
  assert.equal(keys[1], keys[0].replace('7.0', '8.0'))
})

test('a wait reports every minute, and ends at its deadline with what to do', async () => {
  const realNow = Date.now
  let minutes = 0
  Date.now = () => realNow() + minutes * 60_000
  try {
    const { error, printed } = await capture(() =>
      waitFor('The stack', 3, async () => {
        minutes++
        return { status: 'CREATE_IN_PROGRESS' }
      }),
    )
    assert.equal(printed, '  The stack is CREATE_IN_PROGRESS, 1 min\n  The stack is CREATE_IN_PROGRESS, 2 min\n')
    assert.match((error as Failure).message, /The stack is still CREATE_IN_PROGRESS after 3 minutes\.\n.*again/)
  } finally {
    Date.now = realNow
  }
})

test('a run that still goes is waited for before the next begins', async ({ cloud, run }) => {
  await run(['alerts', 'network', 'database', 'registry', 'runner', 'migrate'])
  cloud.state.builds['the-runner:9'] = {
    end: 'SUCCEEDED',
    moments: 2,
    input: { environmentVariablesOverride: [], buildspecOverride: '' },
  }
  const { error, printed } = await run(['migrate'])
  assert.equal(error, undefined)
  assert.ok(printed.includes('Waiting for the-runner:9, which is still running'))
})

test.run()
