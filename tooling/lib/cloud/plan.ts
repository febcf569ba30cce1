import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Failure } from '../errors.ts'
import { PROJECT } from '../project.ts'
import { type Aws, awsIn } from './aws.ts'
import { isSection } from './lint/functions.ts'
import { refusal } from './lint/parameters.ts'
import { section } from './lint/schema.ts'
import { outputsOf } from './stacks.ts'
import { readTemplates, type Template } from './template.ts'

export const COMPUTES = ['ecs-express', 'apprunner'] as const
export type Compute = (typeof COMPUTES)[number]

/** The stacks in the order they are made; `api` is one of the two templates. */
const ORDER = ['alerts', 'network', 'database', 'registry', 'runner', 'api', 'web', 'edge'] as const
export type StackName = (typeof ORDER)[number]

/** CloudFront's certificate and firewall are looked for there only. */
const EDGE_REGION = 'us-east-1'

/** What a deployment of one environment is about. */
export type Environment = {
  env: string
  compute: Compute
  aws: Aws
  /** The parameters of infra/parameters/ENV.json by stack. */
  settings: Partial<Record<StackName, Record<string, string>>>
  templates: Map<string, Template>
  /** The outputs of the stacks that were looked at; a stack that is deployed is forgotten. */
  seen: Map<StackName, Promise<Record<string, string> | undefined>>
}

/** Refuses a name that no stack can have. */
export function checkEnv(env: string): void {
  if (!/^[a-z][a-z0-9-]{0,15}$/.test(env))
    throw new Failure(`--env is '${env}'.`, 'Give a short name of small letters, digits and dashes: staging.', 2)
}

export function environment(env: string, compute: Compute, region: string): Environment {
  checkEnv(env)
  const templates = new Map(readTemplates().map((template) => [template.name, template]))
  return { env, compute, aws: awsIn(region), settings: readSettings(env, templates), templates, seen: new Map() }
}

/** Which template a stack is made of. */
export function templateOf({ compute, templates }: Environment, name: StackName): Template {
  return templates.get(name === 'api' ? `api-${compute}` : name)!
}

export function stackOf({ env, compute }: Pick<Environment, 'env' | 'compute'>, name: StackName): string {
  return `xmonitor-${env}-${name === 'api' ? `api-${compute}` : name}`
}

export function awsOf({ aws }: Environment, name: StackName): Aws {
  return name === 'edge' ? awsIn(EDGE_REGION) : aws
}

/** The outputs of a stack; undefined when it is not there yet. */
export function outputsIfAny(environment: Environment, name: StackName): Promise<Record<string, string> | undefined> {
  const found = environment.seen.get(name) ?? outputsOf(awsOf(environment, name), stackOf(environment, name))
  environment.seen.set(name, found)
  return found
}

/** The outputs of a stack that has to be there. */
export async function outputs(environment: Environment, name: StackName): Promise<Record<string, string>> {
  const found = await outputsIfAny(environment, name)
  if (found) return found
  const flag = name === 'api' ? `${name} --compute ${environment.compute}` : name
  throw new Failure(
    `There is no stack ${stackOf(environment, name)}.`,
    `Make it first: npm run deploy -- --env ${environment.env} --only ${flag}`,
  )
}

/** A stack's parameters: what follows from the other stacks, and what the environment's file says. */
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
      return { PublicSubnets: String(express), ImageEndpoints: String(express), ...given }
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

/** The public subnets stay as long as a stack of ECS Express stands in them. */
async function hasExpress({ aws, env }: Environment): Promise<boolean> {
  return (await outputsOf(aws, stackOf({ env, compute: 'ecs-express' }, 'api'))) !== undefined
}

/** ECS may give its endpoint with https:// before it. */
function host(address: string | undefined): string {
  return (address ?? '').replace(/^https?:\/\//, '').replace(/\/.*$/, '')
}

function readSettings(env: string, templates: Map<string, Template>): Environment['settings'] {
  const file = join(PROJECT, 'infra/parameters', `${env}.json`)
  const shown = `infra/parameters/${env}.json`
  if (!existsSync(file)) return {}
  const refuse = (fact: string): never => {
    throw new Failure(`${shown}: ${fact}`, 'infra/cloudformation/README.md lists the parameters.', 2)
  }
  let settings: Environment['settings']
  try {
    settings = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    return refuse((error as Error).message)
  }
  for (const [name, values] of Object.entries(settings)) {
    // Both api templates take the same parameters.
    const template = templates.get(name === 'api' ? 'api-ecs-express' : name)
    if (!template) return refuse(`there is no stack ${name}; there are ${ORDER.join(', ')}.`)
    for (const [parameter, value] of Object.entries(values)) {
      const known = section(template, 'Parameters')[parameter]
      if (!isSection(known)) return refuse(`${name} has no parameter ${parameter}.`)
      const fault = typeof value === 'string' ? refusal(known, value) : 'must be a text in quotes'
      if (fault) refuse(`${name}.${parameter} ${fault}.`)
    }
  }
  return settings
}
