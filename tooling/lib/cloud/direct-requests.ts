import { Failure } from '../errors.ts'
import { progress } from '../output.ts'
import { type Environment, outputsIfAny } from './plan.ts'
import type { StepName } from './steps.ts'

/** The values of DirectRequests with which the API answers the edge alone; the first is the template's default. */
const CLOSED = ['refused', 'blocked']

/**
 * An API answers its edge alone, unless the parameters say otherwise. Without an edge, neither deployed nor among the steps, it
 * must answer requests to its own address, since no others will come.
 */
export async function openDirectRequests(
  environment: Environment,
  steps: readonly StepName[],
  withoutEdge = false,
): Promise<void> {
  const { env, settings } = environment
  const closed = closedApis(environment).filter((name) => steps.includes(name))
  if (closed.length === 0 || steps.includes('edge')) return
  if (!(await outputsIfAny(environment, 'edge'))) {
    progress(`DirectRequests: open, because ${env} has no edge. Whoever knows the API's own address can use it.`)
    for (const name of closed) settings[name] = { ...settings[name], DirectRequests: 'open' }
  } else if (withoutEdge)
    throw new Failure(
      `${env} has an edge, and its API answers that edge alone (DirectRequests).`,
      `Leave --without-edge out, or delete the edge first: npm run destroy -- --env ${env} --only edge --yes`,
      2,
    )
}

/** The APIs that answer their edge alone. Readers take the parameters of the API, unless they have their own. */
export function closedApis({ settings: { api, readers } }: Environment): ('api' | 'readers')[] {
  const isClosed = (direct = CLOSED[0]!) => CLOSED.includes(direct)
  return [
    ...(isClosed(api?.DirectRequests) ? (['api'] as const) : []),
    ...(readers && isClosed(readers.DirectRequests ?? api?.DirectRequests) ? (['readers'] as const) : []),
  ]
}
