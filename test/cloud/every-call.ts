import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { deploy } from '../../tooling/lib/cloud/deployment.ts'
import { destroy } from '../../tooling/lib/cloud/destruction.ts'
import { environment } from '../../tooling/lib/cloud/plan.ts'
import { move } from '../../tooling/lib/cloud/remote-migrate.ts'
import { STEP_NAMES as STEPS } from '../../tooling/lib/cloud/steps.ts'
import { generate } from '../../tooling/lib/samples/generate.ts'
import type { Call, Cloud } from './fake/types.ts'
import { capture, plainEnvironment } from './support.ts'

const REGION = 'eu-central-1'

/** What deploy, cloud:migrate and destroy ask of AWS, one call of each kind: the same operation with other inputs counts as one when they name the same things. */
export async function everyCall(cloud: Cloud): Promise<Call[]> {
  mkdirSync(join(cloud.dir, 'page'))
  writeFileSync(join(cloud.dir, 'page/index.html'), '')
  const plan = {
    image: cloud.registry.image,
    page: join(cloud.dir, 'page'),
    dryRun: false,
    confirm: async () => {},
    folder: join(cloud.dir, 'data'),
  }
  cloud.state.failingBuilds = ['FAILED']
  cloud.state.invalid['xmonitor-staging-alerts'] = { ValidationPath: '/Resources/Topic', ValidationStatusReason: 'No' }
  const { error } = await capture(async () => {
    const place = () => environment('staging', 'ecs-express', REGION)
    for (let failure = 0; failure < 2; failure++)
      await deploy({ ...plan, environment: place(), steps: [...STEPS] }).catch(() => {})
    await deploy({ ...plan, environment: place(), steps: [...STEPS] })
    await deploy({
      ...plan,
      environment: plainEnvironment(cloud.dir, 'trial', 'ecs-express', REGION),
      steps: ['alerts', 'network', 'database'],
    })
    cloud.state.failing['xmonitor-trial-registry'] = 'No'
    await deploy({
      ...plan,
      environment: plainEnvironment(cloud.dir, 'trial', 'ecs-express', REGION),
      steps: ['registry'],
    }).catch(() => {})
    generate({ file: join(cloud.dir, 'monitor.db'), posts: 5 })
    await move(place(), join(cloud.dir, 'monitor.db'), join(cloud.dir, 'data'))
    await destroy('staging', REGION, { only: undefined, yes: true })
  })
  assert.equal(error, undefined)
  const kinds = new Map(cloud.calls.map((call) => [kind(call), call]))
  return [...kinds.values()].filter(({ service }) => service !== 'configure')
}

function kind({ args, service, operation, input }: Call): string {
  return [service, operation, ...Object.keys(input).sort(), ...args.filter((arg) => arg.startsWith('--'))].join(' ')
}
