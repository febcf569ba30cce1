import { join } from 'node:path'
import { $ } from 'zx'
import { Failure } from '../errors.ts'
import { writeJson } from '../files.ts'
import { count, progress, step } from '../output.ts'
import { PROJECT } from '../project.ts'
import { runBuild } from './builds.ts'
import { mirroredDigest, mirrorImage } from './image.ts'
import { lint, sentence } from './lint/lint.ts'
import { section } from './lint/schema.ts'
import { uploadPage } from './page.ts'
import {
  awsOf,
  type Environment,
  outputs,
  outputsIfAny,
  parametersOf,
  type StackName,
  stackOf,
  templateOf,
} from './plan.ts'
import { uploadSource } from './source.ts'
import { deployStack, type Outcome } from './stacks.ts'
import { renderTemplate } from './template.ts'

/** The steps in their order; each can be run alone and again. */
export const STEPS = [
  'alerts',
  'network',
  'database',
  'registry',
  'image',
  'runner',
  'migrate',
  'api',
  'web',
  'page',
  'edge',
  'smoke',
] as const
export type StepName = (typeof STEPS)[number]

export type Plan = {
  environment: Environment
  steps: StepName[]
  /** The PostgREST image to mirror. */
  image: string
  /** Where the built page is. */
  page: string
  dryRun: boolean
  confirm: (question: string) => Promise<void>
  /** Where the record and the rendered templates go. */
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

/** Runs the steps one after the other; the first that fails ends it, and the next run begins where it has to. */
export async function deploy(plan: Plan): Promise<Deployment> {
  const { environment, steps, dryRun, folder } = plan
  const { env, compute, aws } = environment
  checkTemplates(environment)
  const { Account } = await aws.call<{ Account: string }>('sts', 'get-caller-identity')
  progress(`Account ${Account}, region ${aws.region}, environment ${env}, API on ${compute}`)

  const record: Deployment = { env, region: aws.region, account: Account, compute, steps: {} }
  for (const name of steps) {
    const outcome = await step(WORDS, name, () => run(plan, name), String)
    const stack = STACKS.find((each) => each === name)
    const found = stack && (await outputsIfAny(environment, stack))
    record.steps[name] = { at: new Date().toISOString(), outcome, ...(found && { outputs: found }) }
    if (!dryRun) writeJson(join(folder, `deploy-${env}.json`), record)
  }
  const url = dryRun ? undefined : await address(environment)
  if (url) record.url = url
  if (!dryRun) writeJson(join(folder, `deploy-${env}.json`), record)
  return record
}

const STACKS: readonly StackName[] = ['alerts', 'network', 'database', 'registry', 'runner', 'api', 'web', 'edge']

function run(plan: Plan, name: StepName): Promise<string> {
  switch (name) {
    case 'image':
      return mirror(plan)
    case 'migrate':
      return migrate(plan)
    case 'page':
      return page(plan)
    case 'smoke':
      return smoke(plan)
    default:
      return stack(plan, name)
  }
}

function checkTemplates({ templates }: Environment): void {
  const problems = lint([...templates.values()])
  for (const problem of problems) progress(sentence(problem))
  if (problems.length === 0) return
  throw new Failure(`The templates have ${count(problems.length)} faults, named above.`, 'Mend them first.', 2)
}

async function stack(plan: Plan, name: StackName): Promise<string> {
  const { environment, dryRun, confirm, folder } = plan
  const template = templateOf(environment, name)
  const before = dryRun ? await firstMissing(environment, name) : undefined
  if (before)
    return `would be created, ${count(Object.keys(section(template, 'Resources')).length)} resources, after ${before}`

  const outcome: Outcome = await deployStack(
    awsOf(environment, name),
    {
      stack: stackOf(environment, name),
      template: renderTemplate(template),
      parameters: await parametersOf(environment, name, () => digest(plan)),
      tags: { project: 'xmonitor', environment: environment.env },
    },
    { folder: join(folder, `deploy-${environment.env}`), dryRun, confirm },
  )
  environment.seen.delete(name)
  if (!dryRun && name === 'database') await guard(environment)
  if (!dryRun && (name === 'database' || name === 'api')) await keepLogs(environment, name)
  return outcome
}

/** In a dry run: the stack that would have to be there first. A change set against what is not there cannot be made. */
async function firstMissing(environment: Environment, name: StackName): Promise<string | undefined> {
  const needed = Object.keys(section(templateOf(environment, name), 'Parameters'))
  const others = STACKS.filter(
    (each) =>
      needed.includes(`${each[0]!.toUpperCase()}${each.slice(1)}Stack`) ||
      (each === 'api' && needed.includes('ApiHost')) ||
      (each === 'web' && needed.includes('PageHost')),
  )
  for (const each of others) if (!(await outputsIfAny(environment, each))) return stackOf(environment, each)
  return undefined
}

/** A protected database's stack cannot be deleted by mistake either: the secrets in it would go before the refusal. */
async function guard({ aws, env, compute, settings }: Environment): Promise<void> {
  const protect = settings.database?.DeletionProtection !== 'false'
  await aws.call(
    'cloudformation',
    'update-termination-protection',
    { StackName: stackOf({ env, compute }, 'database') },
    protect ? '--enable-termination-protection' : '--no-enable-termination-protection',
  )
}

/** RDS and App Runner make their log groups themselves and would keep them for ever. */
async function keepLogs(environment: Environment, name: StackName): Promise<void> {
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
  return `${image} ${copied ? 'copied' : 'was there'} as ${digest.slice(0, 19)}`
}

async function digest({ environment, image, dryRun }: Plan): Promise<string> {
  const uri = (await outputs(environment, 'registry')).RepositoryUri!
  const found = await mirroredDigest(environment.aws, uri, image)
  if (found) return found
  // A dry run before the image is there: any digest shows the same changes.
  if (dryRun) return `sha256:${'0'.repeat(64)}`
  throw new Failure(`${image} is not in ${uri}.`, `Copy it: npm run deploy -- --env ${environment.env} --only image`)
}

async function migrate({ environment, dryRun, folder }: Plan): Promise<string> {
  if (dryRun) return 'the runner would apply what is new in db/ and set the password of authenticator'
  const runner = await outputs(environment, 'runner')
  const source = await uploadSource(environment.aws, runner, join(folder, `deploy-${environment.env}`))
  return runBuild(environment.aws, runner.RunnerProject!, {
    source: source.location,
    buildspec: 'infra/buildspec/migrate.yml',
    variables: { DEPENDENCIES: source.dependencies },
  })
}

async function page({ environment, page: folder, dryRun }: Plan): Promise<string> {
  if (dryRun) return 'the page would be built and uploaded'
  const web = await outputs(environment, 'web')
  await npm('build')
  return `${count(await uploadPage(environment.aws, web, folder))} files`
}

async function smoke({ environment, dryRun }: Plan): Promise<string> {
  if (dryRun) return 'the checklist would be run'
  if (environment.settings.web?.PrivateBeta === 'true') return 'left to you: the private beta asks for a password'
  const url = await address(environment)
  if (!url) throw new Failure('There is no page yet to look at.', 'Deploy all of it first, without --only.')
  await npm('smoke', '--url', url)
  return url
}

/** Where AWS serves it: by the edge if there is one. A name of yours may still be on its way through the DNS. */
async function address(environment: Environment): Promise<string | undefined> {
  const host = (await outputsIfAny(environment, 'edge'))?.EdgeHost ?? (await outputsIfAny(environment, 'web'))?.PageHost
  return host && `https://${host}`
}

/** Another command of this repository; what it prints belongs to the progress. */
async function npm(script: string, ...args: string[]): Promise<void> {
  const { exitCode } = await $({
    cwd: PROJECT,
    nothrow: true,
    quiet: true,
    stdio: ['inherit', process.stderr, 'inherit'],
  })`npm run -s ${script} -- ${args}`
  if (exitCode === 0) return
  throw new Failure(`npm run ${script} ended with ${exitCode}; it says why above.`, 'Mend it and run the same command.')
}
