import { command } from './lib/cli.ts'
import { awsIn, regionOf } from './lib/cloud/aws.ts'
import { confirmer } from './lib/cloud/confirm.ts'
import { deploy, STEPS, type StepName } from './lib/cloud/deployment.ts'
import { composeImage } from './lib/cloud/image.ts'
import { COMPUTES, type Compute, checkEnv, environment, stackOf } from './lib/cloud/plan.ts'
import { outputsOf } from './lib/cloud/stacks.ts'
import { Failure } from './lib/errors.ts'
import { print, progress } from './lib/output.ts'

await command({
  name: 'deploy',
  about: 'Brings XMonitor to AWS, or up to date there: stacks, image, migrations, page, and a look at the result.',
  options: {
    env: { about: 'the environment; its parameters are in infra/parameters/NAME.json', value: 'NAME', required: true },
    only: { about: `these steps alone: ${STEPS.join(', ')}`, value: 'STEP,...' },
    compute: { about: `where PostgREST runs: ${COMPUTES.join(' or ')}`, value: 'NAME' },
    'without-edge': { about: 'no CloudFront; then the paths of /v1 are not answered' },
    image: { about: 'the PostgREST image (default: the one of compose.yaml)', value: 'NAME:TAG' },
    region: { about: "the region (default: the AWS CLI's)", value: 'NAME' },
    'dry-run': { about: 'show the changes and make none' },
    yes: { about: 'go on where something is replaced or deleted' },
  },
  async run(given) {
    checkEnv(given.env)
    const steps = stepsOf(given.only, given['without-edge'])
    const region = await regionOf(given.region)
    const compute = await computeOf(given.compute, given.env, region)
    return deploy({
      environment: environment(given.env, compute, region),
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
  const unknown = asked?.find((name) => !STEPS.some((step) => step === name))
  if (unknown !== undefined) throw new Failure(`--only names '${unknown}'.`, `There are ${STEPS.join(', ')}.`, 2)
  return STEPS.filter((name) => (asked ? asked.includes(name) : !(withoutEdge && name === 'edge')))
}

/** The compute asked for; else the one that is there; else the one that every account may use. */
async function computeOf(asked: string | undefined, env: string, region: string): Promise<Compute> {
  if (asked !== undefined) {
    const compute = COMPUTES.find((name) => name === asked)
    if (!compute) throw new Failure(`--compute is '${asked}'.`, `There are ${COMPUTES.join(' and ')}.`, 2)
    if (compute === 'apprunner')
      progress('App Runner takes accounts only that used it before 30 April 2026; others take ecs-express.')
    return compute
  }
  for (const compute of COMPUTES) if (await outputsOf(awsIn(region), stackOf({ env, compute }, 'api'))) return compute
  progress(
    'API on ecs-express: App Runner takes no new accounts since 30 April 2026 (--compute apprunner for older ones).',
  )
  return 'ecs-express'
}
