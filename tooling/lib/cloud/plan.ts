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

/** CloudFront reads its certificate and its firewall only there. */
const EDGE_REGION = 'us-east-1'

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
  return templates.get(name === 'api' ? `api-${compute}` : name)!
}

export function stackOf({ env, compute }: Pick<Environment, 'env' | 'compute'>, name: StackName): string {
  return `xmonitor-${env}-${name === 'api' ? `api-${compute}` : name}`
}

export function awsOf({ aws }: Environment, name: StackName): Aws {
  return name === 'edge' ? awsIn(EDGE_REGION) : aws
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

/** A stack's parameters: derived from the other stacks, then those of the environment's file. */
export async function parametersOf(
  environment: Environment,
  name: StackName,
  imageDigest: () => Promise<string>,
): Promise<Record<string, string>> {
  const { settings } = environment
  const stack = (other: StackName) => stackOf(environment, other)
  const given = settings[name] ?? {}
  switch (name) {
    case 'network': {
      const express = environment.compute === 'ecs-express' || (await hasExpress(environment))
      return { PublicSubnets: String(express), ...given }
    }
    case 'database':
      return { NetworkStack: stack('network'), AlertsStack: stack('alerts'), ...given }
    case 'runner':
      return { NetworkStack: stack('network'), DatabaseStack: stack('database'), ...given }
    case 'api': {
      const { AuthenticatorVersion, TokenVersion } = settings.database ?? {}
      return {
        NetworkStack: stack('network'),
        DatabaseStack: stack('database'),
        RegistryStack: stack('registry'),
        AlertsStack: stack('alerts'),
        ImageDigest: await imageDigest(),
        ...(AuthenticatorVersion && { AuthenticatorVersion }),
        ...(TokenVersion && { TokenVersion }),
        ...given,
      }
    }
    case 'web':
      return { ApiHost: host((await outputs(environment, 'api')).ApiHost), ...given }
    case 'edge': {
      const [api, web] = [await outputs(environment, 'api'), await outputs(environment, 'web')]
      return { PageHost: host(web.PageHost), ApiHost: host(api.ApiHost), ...given }
    }
    default:
      return given
  }
}

/** The public subnets stay as long as a stack of ECS Express uses them. */
async function hasExpress({ aws, env }: Environment): Promise<boolean> {
  return (await outputsOf(aws, stackOf({ env, compute: 'ecs-express' }, 'api'))) !== undefined
}

/** ECS may give its endpoint with https:// before it. */
function host(address: string | undefined): string {
  return (address ?? '').replace(/^https?:\/\//, '').replace(/\/.*$/, '')
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
  const templates = readTemplates()
  for (const [name, values] of Object.entries(settings)) {
    // Both api templates take the same parameters.
    const template = templates.find((each) => each.name === (name === 'api' ? 'api-ecs-express' : name))
    if (!template) return refuse(`there is no stack '${name}', only ${STACK_NAMES.join(', ')}.`)
    for (const [parameter, value] of Object.entries(values)) {
      const known = section(template, 'Parameters')[parameter]
      if (!isSection(known)) return refuse(`the stack ${name} has no parameter '${parameter}'.`)
      const fault = typeof value === 'string' ? parameterFault(known, value) : 'must be a string in quotes'
      if (fault) refuse(`${name}.${parameter} ${fault}.`)
    }
  }
  return settings
}
