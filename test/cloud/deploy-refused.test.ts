import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import { confirmer } from '../../tooling/lib/cloud/confirm.ts'
import { readSettings } from '../../tooling/lib/cloud/plan.ts'
import { STEP_NAMES as STEPS } from '../../tooling/lib/cloud/steps.ts'
import type { Failure } from '../../tooling/lib/errors.ts'
import { REGION, startTrial, type Trial } from './deploy-support.ts'
import { capture } from './support.ts'

// What a deployment asks before it does it, shows without doing it, or refuses.

const test = suite('deploy, asked and refused', {} as Trial)

test.before.each(async (context) => {
  Object.assign(context, await startTrial())
})
test.after.each(({ cloud }) => cloud.stop())

test('what would be replaced is shown and not done without --yes', async ({ cloud, run }) => {
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

test('what would be deleted is shown and not done without --yes', async ({ cloud, run }) => {
  await run(['network'])
  cloud.state.stacks[`${REGION}/xmonitor-trial-network`].resources.Old = { Type: 'AWS::EC2::EIP' }
  const { error, printed } = await run(['network'])
  assert.ok(printed.includes('- Old (AWS::EC2::EIP) is deleted'))
  assert.equal((error as Failure).exitCode, 2)
})

test('what a failed creation left is deleted only after a yes', async ({ cloud, run, stacks }) => {
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

test('a dry run of an empty account names what it would do and leaves nothing behind', async ({
  cloud,
  run,
  stacks,
}) => {
  const { error, printed } = await run(STEPS, { dryRun: true })
  assert.equal(error, undefined)
  assert.match(printed, /Deployed: database, would be created, \d+ resources, after xmonitor-trial-alerts/)
  assert.deepEqual(stacks(), {})
  assert.ok(!existsSync(join(cloud.dir, 'data/deploy-trial.json')))
  assert.ok(!cloud.names().some((name) => /execute|start-build|create-deployment|s3 cp/.test(name)))
})

test('a dry run of what is there shows the changes and makes none', async ({ cloud, run }) => {
  await run()
  cloud.state.stacks[`${REGION}/xmonitor-trial-database`].resources.Instance.Properties.BackupRetentionPeriod = 1
  cloud.names()
  const { error, printed } = await run(STEPS, { dryRun: true })
  assert.equal(error, undefined)
  assert.ok(printed.includes('~ Instance (AWS::RDS::DBInstance): BackupRetentionPeriod'))
  assert.ok(!cloud.names().some((name) => /execute|start-build|create-deployment|get-login/.test(name)))
})

test('a step without what it needs says which step makes it', async ({ run }) => {
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

test('an unknown environment and wrong parameters are refused before anything asks AWS', ({ cloud }) => {
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
  for (const text of ['null', '[]', '"api"']) assert.match(refusal(text), /staging\.json: is not a JSON object\./)
  for (const text of ['{"api": null}', '{"api": "x"}', '{"api": []}'])
    assert.match(refusal(text), /staging\.json: api is not an object of parameters\./)
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
