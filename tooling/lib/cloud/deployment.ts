import { join } from 'node:path'
import { $ } from 'zx'
import { Failure } from '../errors.ts'
import { writeJson } from '../files.ts'
import { count, progress, step } from '../output.ts'
import { PROJECT } from '../project.ts'
import { runBuild } from './builds.ts'
import { closedApis } from './direct-requests.ts'
import { mirroredDigest, mirrorImage } from './image.ts'
import { securityFaults } from './lint/security.ts'
import { uploadPage } from './page.ts'
import { awsOf, type Environment, outputs, outputsIfAny, stackOf, templateOf } from './plan.ts'
import { createServiceLinkedRoles } from './service-roles.ts'
import { uploadSource } from './source.ts'
import { hostOf, parametersOf } from './stack-parameters.ts'
import { deployStack, type Outcome } from './stacks.ts'
import { NEEDS, STEPS, type StackName, type Step, type StepName } from './steps.ts'
import { section } from './template.ts'

export type Plan = {
  environment: Environment
  steps: StepName[]
  /** The PostgREST image to copy to the private registry. */
  image: string
  /** Where the built page is. */
  page: string
  dryRun: boolean
  confirm: (question: string) => Promise<void>
  /** Where the record and the deployed templates are written. */
  folder: string
}

/** What is written to data/deploy-ENV.json after every step. */
export type Deployment = {
  env: string
  region: string
  account: string
  compute: string
  url?: string
  steps: Partial<Record<StepName, { at: string; outcome: string; outputs?: Record<string, string> }>>
}

const WORDS = ['Deploying', 'Deployed'] as const
const LOG_DAYS = 90

/** Runs the steps in order and stops at the first failure. A later run repeats only what is not done. */
export async function deploy(plan: Plan): Promise<Deployment> {
  const { environment, steps, dryRun, folder } = plan
  const { env, compute, aws } = environment
  checkSecurity(environment)
  const { Account } = await aws.call<{ Account: string }>('sts', 'get-caller-identity')
  progress(`Account ${Account}, region ${aws.region}, environment ${env}, API on ${compute}`)

  const record: Deployment = { env, region: aws.region, account: Account, compute, steps: {} }
  for (const each of STEPS.filter(({ name }) => steps.includes(name))) {
    const outcome = await step(WORDS, each.name, () => run(plan, each), String)
    const found = each.task === 'stack' ? await outputsIfAny(environment, each.name) : undefined
    record.steps[each.name] = { at: new Date().toISOString(), outcome, ...(found && { outputs: found }) }
    if (!dryRun) writeJson(join(folder, `deploy-${env}.json`), record)
  }
  const url = dryRun ? undefined : await address(environment)
  if (url) record.url = url
  if (!dryRun) writeJson(join(folder, `deploy-${env}.json`), record)
  return record
}

function run(plan: Plan, step: Step): Promise<string> | string {
  switch (step.task) {
    case 'roles':
      return roles(plan)
    case 'stack':
      return stack(plan, step.name)
    case 'image':
      return mirror(plan)
    case 'migrate':
      return migrate(plan)
    case 'page':
      return page(plan)
    case 'smoke':
      return smoke(plan)
  }
}

/** CloudFormation refuses faulty templates itself; these it would deploy. */
function checkSecurity({ templates }: Environment): void {
  const faults = securityFaults([...templates.values()])
  for (const fault of faults) progress(fault)
  if (faults.length === 0) return
  throw new Failure(`The templates break ${count(faults.length)} security rules, listed above.`, 'Fix them first.', 2)
}

function roles({ environment, dryRun }: Plan): Promise<string> | string {
  return dryRun ? 'would create the service-linked roles that are missing' : createServiceLinkedRoles(environment.aws)
}

async function stack(plan: Plan, name: StackName): Promise<string> {
  const { environment, dryRun, confirm, folder } = plan
  if (name === 'readers' && !environment.settings.readers) return 'skipped: no "readers" in the parameters'
  const template = templateOf(environment, name)
  const before = dryRun ? await firstMissing(environment, name) : undefined
  if (before)
    return `would be created, ${count(Object.keys(section(template, 'Resources')).length)} resources, after ${before}`

  const outcome: Outcome = await deployStack(
    awsOf(environment, name),
    {
      stack: stackOf(environment, name),
      template: template.text,
      parameters: await parametersOf(environment, name, () => digest(plan)),
      tags: { project: 'xmonitor', environment: environment.env },
    },
    { folder: join(folder, `deploy-${environment.env}`), dryRun, confirm },
  )
  environment.outputCache.delete(name)
  if (!dryRun && name === 'database') await protectStack(environment)
  if (!dryRun && (name === 'database' || name === 'api')) await limitLogs(environment, name)
  return outcome
}

/** In a dry run: a stack that this one depends on and that does not exist yet, so no change set can be made. */
async function firstMissing(environment: Environment, name: StackName): Promise<string | undefined> {
  for (const each of NEEDS[name]) if (!(await outputsIfAny(environment, each))) return stackOf(environment, each)
  return undefined
}

/** Protects the stack of a protected database too: a deletion would remove its secrets before RDS refuses. */
async function protectStack({ aws, env, compute, settings }: Environment): Promise<void> {
  const protect = settings.database?.DeletionProtection !== 'false'
  await aws.call(
    'cloudformation',
    'update-termination-protection',
    { StackName: stackOf({ env, compute }, 'database') },
    protect ? '--enable-termination-protection' : '--no-enable-termination-protection',
  )
}

/** RDS and App Runner create their log groups themselves, without a retention time. */
async function limitLogs(environment: Environment, name: StackName): Promise<void> {
  const { LogGroup } = await outputs(environment, name)
  try {
    await environment.aws.call('logs', 'create-log-group', { logGroupName: LogGroup })
  } catch (error) {
    if (!(error instanceof Failure && /AlreadyExists/.test(error.fact))) throw error
  }
  await environment.aws.call('logs', 'put-retention-policy', { logGroupName: LogGroup, retentionInDays: LOG_DAYS })
}

async function mirror({ environment, image, dryRun }: Plan): Promise<string> {
  const found = await outputsIfAny(environment, 'registry')
  if (dryRun && !found) return `${image} would be copied, after ${stackOf(environment, 'registry')}`
  const uri = (found ?? (await outputs(environment, 'registry'))).RepositoryUri!
  if (dryRun) return (await mirroredDigest(environment.aws, uri, image)) ? 'unchanged' : `${image} would be copied`
  const { digest, copied } = await mirrorImage(environment.aws, uri, image)
  return `${image}, ${digest.slice(0, 19)}, ${copied ? 'copied' : 'unchanged'}`
}

async function digest({ environment, image, dryRun }: Plan): Promise<string> {
  const uri = (await outputs(environment, 'registry')).RepositoryUri!
  const found = await mirroredDigest(environment.aws, uri, image)
  if (found) return found
  // In a dry run before the image is copied, any digest shows the same changes.
  if (dryRun) return `sha256:${'0'.repeat(64)}`
  throw new Failure(`${image} is not in ${uri}.`, `Copy it: npm run deploy -- --env ${environment.env} --only image`)
}

async function migrate({ environment, dryRun, folder }: Plan): Promise<string> {
  if (dryRun) return 'would apply pending migrations and set the password of authenticator'
  const runner = await outputs(environment, 'runner')
  const { source, dependencies } = await uploadSource(
    environment.aws,
    runner,
    join(folder, `deploy-${environment.env}`),
  )
  const { id } = await runBuild(environment.aws, runner.RunnerProject!, {
    source,
    buildspec: 'infra/buildspec/migrate.yml',
    variables: { DEPENDENCIES: dependencies },
  })
  return id
}

async function page({ environment, page: folder, dryRun }: Plan): Promise<string> {
  if (dryRun) return 'would be built and uploaded'
  const web = await outputs(environment, 'web')
  await npm('build')
  return `${count(await uploadPage(environment.aws, web, folder))} files`
}

async function smoke({ environment, dryRun }: Plan): Promise<string> {
  if (dryRun) return 'would run npm run smoke'
  const url = await address(environment)
  if (!url) throw new Failure('There is no page to check yet.', 'Deploy everything first, without --only.')
  const origins = await closedOrigins(environment)
  await npm('smoke', '--url', url, ...(origins.length ? ['--origin', origins.join()] : []))
  return url
}

/** The addresses of the APIs that answer the edge alone. */
async function closedOrigins(environment: Environment): Promise<string[]> {
  if (!(await outputsIfAny(environment, 'edge'))) return []
  const apis = await Promise.all(closedApis(environment).map((name) => outputs(environment, name)))
  return apis.map(({ ApiHost }) => `https://${hostOf(ApiHost)}`)
}

/** AWS's own address, of the edge if there is one: DNS for a custom domain may not be set up yet. */
async function address(environment: Environment): Promise<string | undefined> {
  const host = (await outputsIfAny(environment, 'edge'))?.EdgeHost ?? (await outputsIfAny(environment, 'web'))?.PageHost
  return host && `https://${host}`
}

/** Runs another command of this repository; its output counts as progress. */
async function npm(script: string, ...args: string[]): Promise<void> {
  const { exitCode } = await $({
    cwd: PROJECT,
    nothrow: true,
    quiet: true,
    stdio: ['inherit', process.stderr, 'inherit'],
  })`npm run -s ${script} -- ${args}`
  if (exitCode === 0) return
  throw new Failure(
    `npm run ${script} failed with exit code ${exitCode}; its output is above.`,
    'Fix it and run the command again.',
  )
}
