import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { Failure } from '../errors.ts'
import { PROJECT } from '../project.ts'
import { type Aws, awsIn } from './aws.ts'
import { parameterFault } from './parameters.ts'
import { outputsOf } from './stacks.ts'
import { STACK_NAMES, type StackName } from './steps.ts'
import { isSection, readTemplates, section, type Template } from './template.ts'

export const COMPUTES = ['ecs-express', 'apprunner'] as const
export type Compute = (typeof COMPUTES)[number]

const PARAMETERS = join(PROJECT, 'infra/parameters')

/** CloudFront reads its certificate and its firewall only there; Route 53, CloudFront and the bill report only there. */
const GLOBAL_REGION = 'us-east-1'
const GLOBAL_STACKS: StackName[] = ['edge', 'watch-alerts', 'watch']

/** One environment in one region. */
export type Environment = {
  env: string
  compute: Compute
  aws: Aws
  /** The parameters of infra/parameters/ENV.json by stack. */
  settings: Partial<Record<StackName, Record<string, string>>>
  templates: Map<string, Template>
  /** The outputs of stacks, as far as they were read; deploying a stack removes its entry. */
  outputCache: Map<StackName, Promise<Record<string, string> | undefined>>
}

/** Refuses a name that a stack cannot have. */
export function checkEnv(env: string): void {
  if (!/^[a-z][a-z0-9-]{0,15}$/.test(env))
    throw new Failure(
      `Invalid --env '${env}'.`,
      'Use up to 16 lower-case letters, digits and dashes, starting with a letter: staging.',
      2,
    )
}

export function environment(env: string, compute: Compute, region: string, parameters = PARAMETERS): Environment {
  const settings = readSettings(env, parameters)
  const templates = new Map(readTemplates().map((template) => [template.name, template]))
  return { env, compute, aws: awsIn(region), settings, templates, outputCache: new Map() }
}

/** The template of a stack. */
export function templateOf({ compute, templates }: Environment, name: StackName): Template {
  return templates.get(templateNameOf(name, compute))!
}

function templateNameOf(name: StackName, compute: Compute): string {
  if (name === 'api' || name === 'readers') return `api-${compute}`
  return name === 'watch-alerts' ? 'alerts' : name
}

export function stackOf({ env, compute }: Pick<Environment, 'env' | 'compute'>, name: StackName): string {
  return `xmonitor-${env}-${name === 'api' ? `api-${compute}` : name}`
}

/** The AWS CLI in the region of a stack. */
export function awsOf({ aws }: Pick<Environment, 'aws'>, name: string): Aws {
  return GLOBAL_STACKS.some((each) => each === name) ? awsIn(GLOBAL_REGION) : aws
}

/** The outputs of a stack; undefined if it does not exist yet. */
export function outputsIfAny(environment: Environment, name: StackName): Promise<Record<string, string> | undefined> {
  const found = environment.outputCache.get(name) ?? outputsOf(awsOf(environment, name), stackOf(environment, name))
  environment.outputCache.set(name, found)
  return found
}

/** The outputs of a stack that must exist. */
export async function outputs(environment: Environment, name: StackName): Promise<Record<string, string>> {
  const found = await outputsIfAny(environment, name)
  if (found) return found
  const flag = name === 'api' ? `${name} --compute ${environment.compute}` : name
  throw new Failure(
    `There is no stack ${stackOf(environment, name)}.`,
    `Deploy it first: npm run deploy -- --env ${environment.env} --only ${flag}`,
  )
}

/** The parameters of an environment by stack, checked against the templates. Needs no AWS account. */
export function readSettings(env: string, folder = PARAMETERS): Environment['settings'] {
  checkEnv(env)
  const file = join(folder, `${env}.json`)
  const shown = relative(PROJECT, file)
  if (!existsSync(file)) {
    const known = readdirSync(folder).map((name) => basename(name, '.json'))
    throw new Failure(
      `There is no environment '${env}': ${shown} does not exist.`,
      `Use ${known.join(' or ')}, or write that file for a new one; {} takes every default.`,
      2,
    )
  }
  const refuse = (fact: string): never => {
    throw new Failure(`${shown}: ${fact}`, 'infra/cloudformation/README.md lists the parameters.', 2)
  }
  let settings: Environment['settings']
  try {
    settings = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    return refuse((error as Error).message)
  }
  if (!isSection(settings)) return refuse('is not a JSON object.')
  const templates = readTemplates()
  for (const [name, values] of Object.entries(settings)) {
    // Both templates of the API take the same parameters.
    const stack = STACK_NAMES.find((each) => each === name)
    const template = stack && templates.find((each) => each.name === templateNameOf(stack, 'ecs-express'))
    if (!template) return refuse(`there is no stack '${name}', only ${STACK_NAMES.join(', ')}.`)
    if (!isSection(values)) return refuse(`${name} is not an object of parameters.`)
    for (const [parameter, value] of Object.entries(values)) {
      const known = section(template, 'Parameters')[parameter]
      if (!isSection(known)) return refuse(`the stack ${name} has no parameter '${parameter}'.`)
      const fault = typeof value === 'string' ? parameterFault(known, value) : 'must be a string in quotes'
      if (fault) refuse(`${name}.${parameter} ${fault}.`)
    }
  }
  return settings
}
