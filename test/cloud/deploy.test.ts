import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { unzipSync } from 'fflate'
import { test } from 'uvu'
import { waitFor } from '../../tooling/lib/cloud/aws.ts'
import { confirmer } from '../../tooling/lib/cloud/confirm.ts'
import { deploy } from '../../tooling/lib/cloud/deployment.ts'
import { openDirectRequests } from '../../tooling/lib/cloud/direct-requests.ts'
import { type Compute, readSettings } from '../../tooling/lib/cloud/plan.ts'
import { STEP_NAMES as STEPS, type StepName } from '../../tooling/lib/cloud/steps.ts'
import { Failure } from '../../tooling/lib/errors.ts'
import { startCloud } from './fake/aws.ts'
import { type Cloud, SECRETS, type State } from './fake/types.ts'
import { capture, plainEnvironment } from './support.ts'

const REGION = 'eu-central-1'
let cloud: Cloud

/** Runs steps as npm run deploy does, with the default parameters. */
function run(
  steps: readonly StepName[] = STEPS,
  more: { compute?: Compute; dryRun?: boolean; yes?: boolean; env?: string; parameters?: object } = {},
) {
  const { compute = 'ecs-express', dryRun = false, yes = false, env = 'trial', parameters = {} } = more
  return capture(() =>
    deploy({
      environment: plainEnvironment(cloud.dir, env, compute, REGION, parameters),
      steps: [...steps],
      image: cloud.registry.image,
      page: join(cloud.dir, 'page'),
      dryRun,
      confirm: confirmer(yes, { present: false, ask: async () => '' }),
      folder: join(cloud.dir, 'data'),
    }),
  )
}

function stacks(): Record<string, string> {
  return Object.fromEntries(Object.entries(cloud.state.stacks).map(([key, { status }]) => [key, status]))
}

test.before.each(async () => {
  cloud = await startCloud()
  mkdirSync(join(cloud.dir, 'page/assets'), { recursive: true })
  writeFileSync(join(cloud.dir, 'page/index.html'), '<title>XMonitor</title>')
  writeFileSync(join(cloud.dir, 'page/assets/index-1a2b.js'), 'start()')
})

test.after.each(() => cloud.stop())

test('an empty account becomes a running product, in order, and the record says where', async () => {
  const { error, result, printed } = await run()
  assert.equal(error, undefined, printed)

  const executed = cloud.names().filter((name) => /execute-change-set|start-build|create-deployment/.test(name))
  assert.deepEqual(executed, [
    'cloudformation execute-change-set xmonitor-trial-alerts',
    'cloudformation execute-change-set xmonitor-trial-network',
    'cloudformation execute-change-set xmonitor-trial-database',
    'cloudformation execute-change-set xmonitor-trial-registry',
    'cloudformation execute-change-set xmonitor-trial-runner',
    'codebuild start-build',
    'codebuild start-build',
    'cloudformation execute-change-set xmonitor-trial-api-ecs-express',
    'cloudformation execute-change-set xmonitor-trial-web',
    'amplify create-deployment',
    'cloudformation execute-change-set xmonitor-trial-edge',
    'cloudformation execute-change-set xmonitor-trial-watch-alerts',
    'cloudformation execute-change-set xmonitor-trial-watch',
  ])
  assert.ok(Object.values(stacks()).every((status) => status === 'CREATE_COMPLETE'))
  for (const name of ['edge', 'watch-alerts', 'watch'])
    assert.ok(`us-east-1/xmonitor-trial-${name}` in stacks(), `${name} belongs to us-east-1`)

  assert.equal(result?.url, 'https://edge.example.test')
  const record = JSON.parse(readFileSync(join(cloud.dir, 'data/deploy-trial.json'), 'utf8'))
  assert.deepEqual(record, JSON.parse(JSON.stringify(result)))
  assert.deepEqual(Object.keys(record.steps), [...STEPS])
  assert.equal(record.account, '123456789012')
  assert.equal(record.steps.web.outputs.PageHost, 'main.page.example.test')
  assert.match(
    readFileSync(join(cloud.dir, 'npm.log'), 'utf8'),
    /npm run -s build[\s\S]*npm run -s smoke -- --url https:\/\/edge\.example\.test --origin https:\/\/api\.example\.test/,
  )
})

test('the parameters of each stack follow from the stacks before it', async () => {
  await run()
  const { resources } = cloud.state.stacks[`${REGION}/xmonitor-trial-network`]
  assert.ok(resources.PublicSubnetA, 'ECS Express is in public subnets')
  assert.ok(!resources.ImagePullEndpoint, 'and pulls its image by its public address')
  const { Service } = cloud.state.stacks[`${REGION}/xmonitor-trial-api-ecs-express`].resources
  assert.ok(JSON.stringify(Service.Properties.PrimaryContainer.Image).includes(cloud.registry.digest))
  const change = cloud.calls.find(({ input }) => input.StackName === 'xmonitor-trial-web' && 'Parameters' in input)
  assert.deepEqual(change?.input.Parameters, [{ ParameterKey: 'ApiHost', ParameterValue: 'api.example.test' }])
  assert.equal(cloud.state.stacks[`${REGION}/xmonitor-trial-database`].guarded, true)
})

test('the edge is known to the firewall of the API, and the probe asks what is public', async () => {
  await run()
  const of = (name: string) => {
    const change = cloud.calls.findLast(({ input }) => input.StackName === `xmonitor-trial-${name}` && input.Parameters)
    const pairs = change!.input.Parameters.map((each: Record<string, string>) => [
      each.ParameterKey,
      each.ParameterValue,
    ])
    return Object.fromEntries(pairs) as Record<string, string>
  }
  assert.equal(of('edge').OriginKey, 'xmonitor-trial-api-ecs-express-originkey')
  assert.deepEqual([of('watch').Host, of('watch').Path], ['edge.example.test', '/v1/health'])
  assert.equal(of('watch').MainRegion, REGION)

  await run(STEPS.filter((step) => step !== 'edge'))
  delete cloud.state.stacks['us-east-1/xmonitor-trial-edge']
  await run(['watch'])
  assert.deepEqual([of('watch').Host, of('watch').Path], ['main.page.example.test', '/api/health'])
  assert.ok(!('DistributionId' in of('watch')))
})

test('readers are a second API on the reader endpoint, to which the edge sends the reads', async () => {
  assert.ok((await run()).printed.includes('Deployed: readers, skipped: no "readers" in the parameters'))
  assert.ok(!(`${REGION}/xmonitor-trial-readers` in stacks()))
  const { error } = await run(STEPS, { parameters: { readers: { MaxInstances: '3' } }, yes: true })
  assert.equal(error, undefined)
  const { Service } = cloud.state.stacks[`${REGION}/xmonitor-trial-readers`].resources
  const variables = JSON.stringify(Service.Properties.PrimaryContainer.Environment)
  assert.match(variables, /PGRST_DB_CHANNEL_ENABLED","Value":"false"/)
  assert.match(variables, /DatabaseStack}-ReaderHost/)
  const { Distribution } = cloud.state.stacks['us-east-1/xmonitor-trial-edge'].resources
  const config = Distribution.Properties.DistributionConfig
  const targets = config.CacheBehaviors.map((each: Record<string, string>) => [each.PathPattern, each.TargetOriginId])
  assert.deepEqual(Object.fromEntries(targets), {
    '/v1/ingest/*': 'api',
    '/api/rpc/ingest_*': 'api',
    '/v1': 'readers',
    '/v1/*': 'readers',
    '/api': 'readers',
    '/api/*': 'readers',
  })
})

test('an API answers its edge alone, and without an edge everybody', async () => {
  const direct = async (steps: readonly StepName[], parameters = {}, withoutEdge = false) => {
    const environment = plainEnvironment(cloud.dir, 'trial', 'ecs-express', REGION, parameters)
    const { error, printed } = await capture(() => openDirectRequests(environment, steps, withoutEdge))
    const { api, readers } = environment.settings
    return { error: String(error), printed, direct: [api?.DirectRequests, readers?.DirectRequests] }
  }
  const rest = STEPS.filter((step) => step !== 'edge')
  const blocked = { api: { DirectRequests: 'blocked' }, readers: { MaxInstances: '3' } }
  assert.deepEqual((await direct(STEPS)).direct, [undefined, undefined])
  const opened = await direct(rest)
  assert.deepEqual(opened.direct, ['open', undefined])
  assert.match(opened.printed, /DirectRequests: open, because trial has no edge\./)
  assert.deepEqual((await direct(rest, blocked, true)).direct, ['open', 'open'])
  assert.deepEqual((await direct(rest, { api: { DirectRequests: 'limited' } })).direct, ['limited', undefined])
  assert.equal((await direct(['page'])).printed, '')

  await run()
  assert.deepEqual(await direct(['api']), { error: 'undefined', printed: '', direct: [undefined, undefined] })
  const kept = await direct(rest, blocked, true)
  assert.match(kept.error, /trial has an edge[\s\S]*npm run destroy -- --env trial --only edge --yes/)
  assert.deepEqual(kept.direct, ['blocked', undefined])
})

test('the key of the edge reaches the API, unless its own address is open', async () => {
  for (const [direct, firewall, closed] of [
    [undefined, false, true],
    ['blocked', true, true],
    ['limited', true, false],
    ['open', false, false],
  ] as const) {
    const parameters = direct ? { api: { DirectRequests: direct } } : {}
    await run(direct ? ['api'] : STEPS, { parameters, yes: true })
    const { Service, Firewall } = cloud.state.stacks[`${REGION}/xmonitor-trial-api-ecs-express`].resources
    const variables = JSON.stringify(Service.Properties.PrimaryContainer.Environment)
    assert.deepEqual([Boolean(Firewall), variables.includes('PGRST_APP_SETTINGS_EDGE_KEY')], [firewall, closed], direct)
  }
})

test('a private feed: one parameter makes the API ask for tokens and the edge pass them on', async () => {
  const { error } = await run(STEPS, { parameters: { api: { Private: 'true' }, readers: {} } })
  assert.equal(error, undefined)
  for (const stack of ['api-ecs-express', 'readers']) {
    const { Service } = cloud.state.stacks[`${REGION}/xmonitor-trial-${stack}`].resources
    const variables = JSON.stringify(Service.Properties.PrimaryContainer.Environment)
    assert.match(variables, /"PGRST_DB_ANON_ROLE","Value":"web_closed"/, stack)
  }
  const change = cloud.calls.findLast(({ input }) => input.StackName === 'xmonitor-trial-edge' && input.Parameters)
  const given = change!.input.Parameters.find((each: Record<string, string>) => each.ParameterKey === 'Private')
  assert.equal(given?.ParameterValue, 'true')
})

test('App Runner gets no public subnets and no way in', async () => {
  await run(['alerts', 'network', 'database', 'registry', 'image', 'api'], { compute: 'apprunner' })
  const { resources } = cloud.state.stacks[`${REGION}/xmonitor-trial-network`]
  assert.ok(!resources.PublicSubnetA)
  assert.ok(!resources.ApiFromLoadBalancerA)
  assert.ok(cloud.state.stacks[`${REGION}/xmonitor-trial-api-apprunner`].resources.Connector)
  const image = cloud.state.stacks[`${REGION}/xmonitor-trial-api-apprunner`]
  assert.ok(JSON.stringify(image.resources.Service).includes(cloud.registry.digest))
})

test('the public subnets stay while the API on ECS Express uses them', async () => {
  const steps = ['alerts', 'network', 'database', 'registry', 'image', 'api'] as const
  await run(steps)
  const { error } = await run(steps, { compute: 'apprunner' })
  assert.equal(error, undefined)
  assert.ok(cloud.state.stacks[`${REGION}/xmonitor-trial-network`].resources.PublicSubnetA)
})

test('the page is packed whole and its upload is waited for', async () => {
  await run()
  const files = unzipSync(cloud.registry.uploads[0]!)
  assert.deepEqual(Object.keys(files), ['assets/index-1a2b.js', 'index.html'])
  assert.equal(Buffer.from(files['assets/index-1a2b.js']!).toString(), 'start()')
  cloud.state.jobEnd = 'FAILED'
  const { error } = await run(['page'])
  assert.ok((error as Failure).message.includes("Amplify's job 2 ended as FAILED."))
})

test('the source that leaves this machine holds what the runner needs and nothing else', async () => {
  await run()
  const start = cloud.calls.filter(({ operation }) => operation === 'start-build')
  const [dependencies, migration] = start.map(({ input }) => input)
  assert.equal(dependencies?.buildspecOverride, 'infra/buildspec/dependencies.yml')
  assert.equal(migration?.buildspecOverride, 'infra/buildspec/migrate.yml')
  assert.match(String(migration?.sourceLocationOverride), /^the-bucket\/source\/[0-9a-f]{32}\.zip$/)
  const files = unzipSync(readFileSync(join(cloud.dir, 's3', String(migration?.sourceLocationOverride))))
  for (const name of ['db/migrations/20260301000200_tables.sql', 'package-lock.json', 'infra/buildspec/migrate.yml'])
    assert.deepEqual(Buffer.from(files[name]!), readFileSync(name), name)
  const top = new Set(Object.keys(files).map((name) => name.split('/')[0]))
  assert.deepEqual([...top].sort(), ['db', 'infra', 'package-lock.json', 'package.json', 'tooling', 'tsconfig.json'])
})

test('a second run changes nothing and repeats nothing that costs', async () => {
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

test('whatever fails, at every step, the next run goes on from there', async () => {
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

test('a new account gets the service-linked roles it lacks, before the first stack', async () => {
  const { printed } = await run(['roles'])
  assert.match(
    printed,
    /roles, created for ecs\.amazonaws\.com, ecs\.application-autoscaling\.amazonaws\.com, elasticl/,
  )
  assert.equal(STEPS[0], 'roles')
  assert.ok((await run(['roles'])).printed.includes('Deployed: roles, unchanged'))
  assert.match((await run(['roles'], { dryRun: true })).printed, /would create/)
})

test('what early validation refuses is told with its path and reason', async () => {
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

test('an account that may run no builds is told where to ask for them', async () => {
  await run(['alerts', 'network', 'database', 'registry', 'runner'])
  cloud.state.faults['codebuild start-build'] =
    'An error occurred (AccountLimitExceededException) when calling the StartBuild operation: Cannot have more than 0 builds in queue for the account'
  assert.match(
    ((await run(['migrate'])).error as Failure).message,
    /Cannot have more than 0 builds[\s\S]*Service Quotas/,
  )
})

test('a change that somebody else began is waited for', async () => {
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

test('the packed dependencies belong to the build image they were installed on', async () => {
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

test('a run that still goes is waited for before the next begins', async () => {
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

test('what would be replaced is shown and not done without --yes', async () => {
  await run(['alerts', 'network', 'database'])
  cloud.state.replaced = ['Instance']
  // It was deployed with another name.
  cloud.state.stacks[`${REGION}/xmonitor-trial-database`].resources.Instance.Properties.DBName = 'other'
  const { error, printed } = await run(['database'])
  assert.match(printed, /! Instance \(AWS::RDS::DBInstance\) is replaced because of DBName/)
  assert.equal((error as Failure).exitCode, 2)
  assert.match((error as Failure).message, /1 of these replace or delete something[\s\S]*confirm with --yes/)
  assert.ok(
    !cloud
      .names()
      .slice(-3)
      .some((name) => name.includes('execute')),
  )
  assert.deepEqual(cloud.state.stacks[`${REGION}/xmonitor-trial-database`].changeSets, {}, 'no change set is left')

  const second = await run(['database'], { yes: true })
  assert.equal(second.error, undefined)
  assert.ok(second.printed.includes('Deployed: database, updated'))
})

test('a person at the terminal is asked, and only a yes goes on', async () => {
  for (const [answer, goesOn] of [
    ['y', true],
    [' Yes ', true],
    ['', false],
    ['n', false],
    ['yess', false],
  ] as const) {
    const asked: string[] = []
    const ask = async (text: string) => {
      asked.push(text)
      return answer
    }
    const { error } = await capture(() => confirmer(false, { present: true, ask })('Something is lost. Continue?'))
    assert.equal(error === undefined, goesOn, `'${answer}'`)
    assert.deepEqual(asked, ['Something is lost. Continue? [y/N] '])
  }
})

test('what would be deleted is shown and not done without --yes', async () => {
  await run(['network'])
  cloud.state.stacks[`${REGION}/xmonitor-trial-network`].resources.Old = { Type: 'AWS::EC2::EIP' }
  const { error, printed } = await run(['network'])
  assert.ok(printed.includes('- Old (AWS::EC2::EIP) is deleted'))
  assert.equal((error as Failure).exitCode, 2)
})

test('what a failed creation left is deleted only after a yes', async () => {
  cloud.state.failing['xmonitor-trial-alerts'] = 'No'
  await run(['alerts'])
  const dry = await run(['alerts'], { dryRun: true })
  assert.ok(dry.printed.includes('xmonitor-trial-alerts is ROLLBACK_COMPLETE: it would be deleted and created again'))
  const { error } = await run(['alerts'])
  assert.ok((error as Failure).message.includes('xmonitor-trial-alerts is ROLLBACK_COMPLETE'))
  assert.equal(stacks()[`${REGION}/xmonitor-trial-alerts`], 'ROLLBACK_COMPLETE')
  assert.equal((await run(['alerts'], { yes: true })).error, undefined)
  assert.equal(stacks()[`${REGION}/xmonitor-trial-alerts`], 'CREATE_COMPLETE')
})

test('a dry run of an empty account names what it would do and leaves nothing behind', async () => {
  const { error, printed } = await run(STEPS, { dryRun: true })
  assert.equal(error, undefined)
  assert.match(printed, /Deployed: database, would be created, \d+ resources, after xmonitor-trial-alerts/)
  assert.deepEqual(stacks(), {})
  assert.ok(!existsSync(join(cloud.dir, 'data/deploy-trial.json')))
  assert.ok(!cloud.names().some((name) => /execute|start-build|create-deployment|s3 cp/.test(name)))
})

test('a dry run of what is there shows the changes and makes none', async () => {
  await run()
  cloud.state.stacks[`${REGION}/xmonitor-trial-database`].resources.Instance.Properties.BackupRetentionPeriod = 1
  cloud.names()
  const { error, printed } = await run(STEPS, { dryRun: true })
  assert.equal(error, undefined)
  assert.ok(printed.includes('~ Instance (AWS::RDS::DBInstance): BackupRetentionPeriod'))
  assert.ok(!cloud.names().some((name) => /execute|start-build|create-deployment|get-login/.test(name)))
})

test('no secret stands on a command line, in a file of ours or in what is printed', async () => {
  const { printed } = await run()
  cloud.registry.broken.set('/upload/2', { status: 403, body: 'no' })
  const { error, printed: refused } = await run(['page'])
  assert.ok((error as Failure).message.includes('Amplify answered 403'))
  const seen = [printed, refused, (error as Failure).message, JSON.stringify(cloud.calls)]
  for (const file of ['data/deploy-trial.json', 'npm.log']) seen.push(readFileSync(join(cloud.dir, file), 'utf8'))
  for (const secret of Object.values(SECRETS)) assert.ok(!seen.some((text) => text.includes(secret)), secret)
})

test('a step without what it needs says which step makes it', async () => {
  assert.ok(
    ((await run(['web'])).error as Failure).message.includes(
      'npm run deploy -- --env trial --only api --compute ecs-express',
    ),
  )
  assert.ok(((await run(['smoke'])).error as Failure).message.includes('There is no page to check yet.'))
  await run(['alerts', 'network', 'database', 'registry'])
  assert.ok(
    ((await run(['api'])).error as Failure).message.includes('Copy it: npm run deploy -- --env trial --only image'),
  )
})

test('an unknown environment and wrong parameters are refused before anything asks AWS', () => {
  const dir = join(cloud.dir, 'parameters')
  mkdirSync(dir)
  const refusal = (text: string): string => {
    writeFileSync(join(dir, 'staging.json'), text)
    try {
      readSettings('staging', dir)
    } catch (error) {
      return (error as Failure).message
    }
    return 'nothing was refused'
  }
  assert.equal(refusal('{}'), 'nothing was refused')
  assert.match(refusal('{'), /staging\.json: /)
  assert.match(refusal('{"databse": {}}'), /there is no stack 'databse', only alerts, network/)
  assert.match(refusal('{"database": {"Engin": "rds"}}'), /the stack database has no parameter 'Engin'/)
  assert.match(refusal('{"database": {"Engine": "mysql"}}'), /database\.Engine must be one of rds, aurora/)
  assert.match(refusal('{"api": {"MinInstances": 2}}'), /api\.MinInstances must be a string in quotes/)
  assert.throws(
    () => readSettings('stagin', dir),
    /no environment 'stagin': .*stagin\.json[\s\S]*Use staging, or write/,
  )
  assert.throws(() => readSettings('../x', dir), /Invalid --env/)

  // Without an aws command on PATH.
  const deploy = spawnSync(process.execPath, ['--import', 'tsx', 'tooling/deploy.ts', '--env', 'stagin'], {
    env: { PATH: '/nowhere' },
    encoding: 'utf8',
  })
  assert.equal(deploy.status, 2)
  assert.match(deploy.stderr, /There is no environment 'stagin'/)
})

test.run()
