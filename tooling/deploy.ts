import { command } from './lib/cli.ts'
import { awsIn, regionOf } from './lib/cloud/aws.ts'
import { confirmer } from './lib/cloud/confirm.ts'
import { deploy } from './lib/cloud/deployment.ts'
import { openDirectRequests } from './lib/cloud/direct-requests.ts'
import { composeImage } from './lib/cloud/image.ts'
import { COMPUTES, type Compute, environment, readSettings, stackOf } from './lib/cloud/plan.ts'
import { outputsOf } from './lib/cloud/stacks.ts'
import { STEP_NAMES, type StepName } from './lib/cloud/steps.ts'
import { Failure } from './lib/errors.ts'
import { print, progress } from './lib/output.ts'

await command({
  name: 'deploy',
  about: 'Deploys XMonitor to AWS or updates it there: stacks, image, migrations, page; then checks the result.',
  options: {
    env: { about: 'the environment; its parameters are in infra/parameters/NAME.json', value: 'NAME', required: true },
    only: { about: `only these steps: ${STEP_NAMES.join(', ')}`, value: 'STEP,...' },
    compute: { about: `where PostgREST runs: ${COMPUTES.join(' or ')}`, value: 'NAME' },
    'without-edge': { about: 'no CloudFront, and so no /v1' },
    image: { about: 'the PostgREST image (default: the one of compose.yaml)', value: 'NAME:TAG' },
    region: { about: "the region (default: the AWS CLI's)", value: 'NAME' },
    'dry-run': { about: 'only show the changes' },
    yes: { about: 'confirm that something is replaced or deleted' },
  },
  example: '--env staging --dry-run',
  async run(given) {
    // Before anything asks AWS, and so for credentials.
    readSettings(given.env)
    const steps = stepsOf(given.only, given['without-edge'])
    const region = await regionOf(given.region)
    const compute = await computeOf(given.compute, given.env, region)
    const target = environment(given.env, compute, region)
    await openDirectRequests(target, steps, given['without-edge'])
    return deploy({
      environment: target,
      steps,
      image: given.image ?? composeImage(),
      page: 'web/dist',
      dryRun: given['dry-run'],
      confirm: confirmer(given.yes),
      folder: 'data',
    })
  },
  show({ env, url }) {
    if (url) print(url)
    progress(`Next: npm run cloud:migrate -- --env ${env} --source FILE moves a monitor's file there.`)
  },
})

function stepsOf(only: string | undefined, withoutEdge: boolean): StepName[] {
  const asked = only?.split(',')
  const unknown = asked?.find((name) => !STEP_NAMES.some((step) => step === name))
  if (unknown !== undefined)
    throw new Failure(`Invalid --only '${unknown}'.`, `Use any of ${STEP_NAMES.join(', ')}.`, 2)
  return STEP_NAMES.filter((name) => (asked ? asked.includes(name) : !(withoutEdge && name === 'edge')))
}

/** The compute given, else the one deployed, else the one that every account may use. */
async function computeOf(asked: string | undefined, env: string, region: string): Promise<Compute> {
  if (asked !== undefined) {
    const compute = COMPUTES.find((name) => name === asked)
    if (!compute) throw new Failure(`Invalid --compute '${asked}'.`, `Use ${COMPUTES.join(' or ')}.`, 2)
    if (compute === 'apprunner')
      progress('App Runner accepts only accounts that used it before 30 April 2026; others need ecs-express.')
    return compute
  }
  for (const compute of COMPUTES) if (await outputsOf(awsIn(region), stackOf({ env, compute }, 'api'))) return compute
  progress(
    'API on ecs-express: App Runner has accepted no new accounts since 30 April 2026 (older ones: --compute apprunner).',
  )
  return 'ecs-express'
}
