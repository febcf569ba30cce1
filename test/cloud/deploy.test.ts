import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { unzipSync } from 'fflate'
import { suite } from 'uvu'
import { openDirectRequests } from '../../tooling/lib/cloud/direct-requests.ts'
import { STEP_NAMES as STEPS, type StepName } from '../../tooling/lib/cloud/steps.ts'
import type { Failure } from '../../tooling/lib/errors.ts'
import { REGION, startTrial, type Trial } from './deploy-support.ts'
import { SECRETS } from './fake/types.ts'
import { capture, plainEnvironment } from './support.ts'

// What a deployment makes of an empty account.

const test = suite('deploy', {} as Trial)

test.before.each(async (context) => {
  Object.assign(context, await startTrial())
})
test.after.each(({ cloud }) => cloud.stop())

test('an empty account becomes a running product, in order, and the record says where', async ({
  cloud,
  run,
  stacks,
}) => {
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

test('the parameters of each stack follow from the stacks before it', async ({ cloud, run }) => {
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

test('the edge is known to the firewall of the API, and the probe asks what is public', async ({ cloud, run }) => {
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

test('readers are a second API on the reader endpoint, to which the edge sends the reads', async ({
  cloud,
  run,
  stacks,
}) => {
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

test('an API answers its edge alone, and without an edge everybody', async ({ cloud, run }) => {
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

test('the key of the edge reaches the API, unless its own address is open', async ({ cloud, run }) => {
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

test('a private feed: one parameter makes the API ask for tokens and the edge pass them on', async ({ cloud, run }) => {
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

test('App Runner gets no public subnets and no way in', async ({ cloud, run }) => {
  await run(['alerts', 'network', 'database', 'registry', 'image', 'api'], { compute: 'apprunner' })
  const { resources } = cloud.state.stacks[`${REGION}/xmonitor-trial-network`]
  assert.ok(!resources.PublicSubnetA)
  assert.ok(!resources.ApiFromLoadBalancerA)
  assert.ok(cloud.state.stacks[`${REGION}/xmonitor-trial-api-apprunner`].resources.Connector)
  const image = cloud.state.stacks[`${REGION}/xmonitor-trial-api-apprunner`]
  assert.ok(JSON.stringify(image.resources.Service).includes(cloud.registry.digest))
})

test('the public subnets stay while the API on ECS Express uses them', async ({ cloud, run }) => {
  const steps = ['alerts', 'network', 'database', 'registry', 'image', 'api'] as const
  await run(steps)
  const { error } = await run(steps, { compute: 'apprunner' })
  assert.equal(error, undefined)
  assert.ok(cloud.state.stacks[`${REGION}/xmonitor-trial-network`].resources.PublicSubnetA)
})

test('the page is packed whole and its upload is waited for', async ({ cloud, run }) => {
  await run()
  const files = unzipSync(cloud.registry.uploads[0]!)
  assert.deepEqual(Object.keys(files), ['assets/index-1a2b.js', 'index.html'])
  assert.equal(Buffer.from(files['assets/index-1a2b.js']!).toString(), 'start()')
  cloud.state.jobEnd = 'FAILED'
  const { error } = await run(['page'])
  assert.ok((error as Failure).message.includes("Amplify's job 2 ended as FAILED."))
})

test('the source that leaves this machine holds what the runner needs and nothing else', async ({ cloud, run }) => {
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

test('no secret stands on a command line, in a file of ours or in what is printed', async ({ cloud, run }) => {
  const { printed } = await run()
  cloud.registry.broken.set('/upload/2', { status: 403, body: 'no' })
  const { error, printed: refused } = await run(['page'])
  assert.ok((error as Failure).message.includes('Amplify answered 403'))
  const seen = [printed, refused, (error as Failure).message, JSON.stringify(cloud.calls)]
  for (const file of ['data/deploy-trial.json', 'npm.log']) seen.push(readFileSync(join(cloud.dir, file), 'utf8'))
  for (const secret of Object.values(SECRETS)) assert.ok(!seen.some((text) => text.includes(secret)), secret)
})

test.run()
