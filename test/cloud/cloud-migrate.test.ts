import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import { move } from '../../tooling/lib/cloud/remote-migrate.ts'
import { packedSource } from '../../tooling/lib/cloud/source.ts'
import { Failure } from '../../tooling/lib/errors.ts'
import { generate } from '../../tooling/lib/samples/generate.ts'
import { startCloud } from './fake/aws.ts'
import type { Cloud } from './fake/types.ts'
import { capture, plainEnvironment } from './support.ts'

const REGION = 'eu-central-1'
let cloud: Cloud
let source: string

function run() {
  return capture(() =>
    move(plainEnvironment(cloud.dir, 'trial', 'ecs-express', REGION), source, join(cloud.dir, 'data')),
  )
}

function messageOf({ error }: { error?: unknown }): string {
  assert.ok(error instanceof Failure)
  return (error as Failure).message
}

test.before.each(async () => {
  cloud = await startCloud()
  const { RunnerProject, DependenciesProject, Bucket, Image } = cloud.state.outputs
  cloud.state.stacks[`${REGION}/xmonitor-trial-runner`] = {
    status: 'CREATE_COMPLETE',
    outputs: { RunnerProject, DependenciesProject, Bucket, Image },
  }
  source = join(cloud.dir, 'monitor.db')
  generate({ file: source, posts: 30, embeddings: 5 })
})

test.after.each(() => cloud.stop())

test('a file is snapshotted and exported here, uploaded, moved there, and the reports come back', async () => {
  const { error, result } = await run()
  assert.equal(error, undefined)
  const there = join(cloud.dir, 's3/the-bucket/moves', result!.move)
  assert.deepEqual(readdirSync(join(there, 'in')).sort(), ['export', 'manifest.json', 'x_monitor.snapshot.db'])
  assert.ok(existsSync(join(there, 'in/export/manifest.json')))
  assert.equal(JSON.parse(readFileSync(join(there, 'in/manifest.json'), 'utf8')).tables.tweets, 30)
  assert.equal(readFileSync(join(result!.reports, 'validate.json'), 'utf8'), '{"end":"SUCCEEDED"}')

  const builds = cloud.calls.filter(({ operation }) => operation === 'start-build').map(({ input }) => input)
  assert.deepEqual(
    builds.map(({ projectName, buildspecOverride }) => [projectName, buildspecOverride]),
    [
      ['the-dependencies', 'infra/buildspec/dependencies.yml'],
      ['the-runner', 'infra/buildspec/move.yml'],
    ],
  )
  const variables = builds[1].environmentVariablesOverride.map(({ name }: { name: string }) => name)
  assert.deepEqual(variables, ['DEPENDENCIES', 'MOVE'])
})

test('the same file again is the same move, and its dependencies are there already', async () => {
  const first = await run()
  const second = await run()
  assert.equal(second.error, undefined)
  assert.equal(second.result?.move, first.result?.move)
  const builds = cloud.calls.filter(({ operation }) => operation === 'start-build')
  assert.deepEqual(
    builds.map(({ input }) => input.projectName),
    ['the-dependencies', 'the-runner', 'the-runner'],
  )
})

test('each build gets the very version of the source that was uploaded for it, whatever is put in its place', async () => {
  await run()
  const [uploaded] = Object.values(cloud.state.versions)
  writeFileSync(join(cloud.dir, 's3', uploaded!.object), 'something else')
  assert.equal((await run()).error, undefined)
  const builds = cloud.calls.filter(({ operation }) => operation === 'start-build')
  assert.equal(builds.length, 3)
  const source = Buffer.from(await packedSource())
  for (const { input } of builds) {
    const { object, content } = cloud.state.versions[input.sourceVersion]!
    assert.equal(object, input.sourceLocationOverride)
    assert.ok(source.equals(content))
  }
})

test('without versions in the bucket nothing is run', async () => {
  cloud.state.versioning = false
  assert.match(messageOf(await run()), /does not keep versions of its objects\./)
  assert.ok(!cloud.calls.some(({ operation }) => operation === 'start-build'))
})

test('a failed import or validation brings its reports back, its last lines and where to look', async () => {
  cloud.state.failingBuilds = ['SUCCEEDED', 'FAILED']
  const failed = await run()
  assert.ok(failed.printed.includes('| error: the last line of the run'))
  assert.match(
    messageOf(failed),
    /the-runner:2 ended as FAILED; the end of its log is above\.\n {2}See the reports in .*reports;/,
  )
  assert.ok(existsSync(join(cloud.dir, 'data/cloud-trial/reports/validate.json')))
  assert.equal((await run()).error, undefined)
})

test('a run that brought no report says so by its own words', async () => {
  cloud.state.failingBuilds = ['SUCCEEDED', 'FAULT']
  assert.match(messageOf(await run()), /ended as FAULT; the end of its log is above\.\n {2}Fix what it reports/)
})

test('a failed upload leaves nothing started, and the next run goes on', async () => {
  cloud.state.faults['s3 sync'] = 'Could not connect to the endpoint URL'
  assert.ok(messageOf(await run()).includes('Check the network and the region.'))
  assert.ok(!cloud.calls.some(({ operation }) => operation === 'start-build'))
  assert.equal((await run()).error, undefined)
})

test('without the runner the step that makes it is named, before anything is copied', async () => {
  cloud.state.stacks = {}
  assert.ok(messageOf(await run()).includes('npm run deploy -- --env trial --only runner'))
  assert.ok(!existsSync(join(cloud.dir, 'data')))
})

test('a file of another program is refused, as by npm run snapshot', async () => {
  source = join(cloud.dir, 'bin/aws')
  assert.ok(messageOf(await run()).includes('bin/aws'))
  assert.ok(!cloud.calls.some(({ service }) => service === 's3'))
})

test.run()
