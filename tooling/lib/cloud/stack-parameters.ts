import { type Environment, outputs, outputsIfAny, stackOf } from './plan.ts'
import { outputsOf } from './stacks.ts'
import type { StackName } from './steps.ts'

type Values = Record<string, string>

/** A stack's parameters: derived from the other stacks, then those of the environment's file. */
export async function parametersOf(
  environment: Environment,
  name: StackName,
  imageDigest: () => Promise<string>,
): Promise<Values> {
  const derived = await derivedParameters(environment, name, imageDigest)
  return { ...derived, ...environment.settings[name] }
}

async function derivedParameters(
  environment: Environment,
  name: StackName,
  imageDigest: () => Promise<string>,
): Promise<Values> {
  const { settings, compute, aws } = environment
  const stack = (other: StackName) => stackOf(environment, other)
  switch (name) {
    case 'network':
      return { PublicSubnets: String(compute === 'ecs-express' || (await hasExpress(environment))) }
    case 'database':
      return { NetworkStack: stack('network'), AlertsStack: stack('alerts') }
    case 'runner':
      return { NetworkStack: stack('network'), DatabaseStack: stack('database') }
    case 'readers':
      return { ...(await derivedParameters(environment, 'api', imageDigest)), ...settings.api, Serves: 'reads' }
    case 'api': {
      const domain = settings.edge?.Domain
      return {
        NetworkStack: stack('network'),
        DatabaseStack: stack('database'),
        RegistryStack: stack('registry'),
        AlertsStack: stack('alerts'),
        ImageDigest: await imageDigest(),
        ...(domain && { OpenApiUrl: `https://${domain}/api` }),
        // A new secret in the database's stack is a restart of the API.
        ...pick(settings.database, ['Login', 'TokenVersion1', 'TokenVersion2']),
      }
    }
    case 'web':
      return { ApiHost: hostOf((await outputs(environment, 'api')).ApiHost) }
    case 'edge': {
      const [api, web] = [await outputs(environment, 'api'), await outputs(environment, 'web')]
      const readers = await outputsIfAny(environment, 'readers')
      return {
        PageHost: hostOf(web.PageHost),
        ApiHost: hostOf(api.ApiHost),
        OriginKey: api.OriginKey!,
        ...pick(settings.api, ['Private']),
        ...(readers && { ReaderHost: hostOf(readers.ApiHost), ReaderKey: readers.OriginKey! }),
      }
    }
    case 'watch-alerts':
      return settings.alerts ?? {}
    case 'watch': {
      const edge = await outputsIfAny(environment, 'edge')
      return {
        AlertsStack: stack('watch-alerts'),
        MainRegion: aws.region,
        DatabaseId: (await outputs(environment, 'database')).DatabaseId!,
        LoadBalancer: (await outputs(environment, 'api')).LoadBalancer!,
        ...(edge && { DistributionId: edge.DistributionId! }),
        ...(await probe(environment, edge)),
      }
    }
    default:
      return {}
  }
}

function pick(values: Values = {}, names: string[]): Values {
  return Object.fromEntries(Object.entries(values).filter(([name]) => names.includes(name)))
}

/** What the probe asks: the edge, else the page's /api. */
async function probe(environment: Environment, edge: Values | undefined): Promise<Values> {
  if (edge) return { Host: edge.EdgeHost!, Path: '/v1/health' }
  return { Host: (await outputs(environment, 'web')).PageHost!, Path: '/api/health' }
}

/** The public subnets stay as long as a stack of ECS Express uses them. */
async function hasExpress({ aws, env }: Environment): Promise<boolean> {
  return (await outputsOf(aws, stackOf({ env, compute: 'ecs-express' }, 'api'))) !== undefined
}

/** ECS may give its endpoint with https:// before it. */
export function hostOf(address: string | undefined): string {
  return (address ?? '').replace(/^https?:\/\//, '').replace(/\/.*$/, '')
}
