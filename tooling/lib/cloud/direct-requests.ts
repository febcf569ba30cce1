import { Failure } from '../errors.ts'
import { progress } from '../output.ts'
import { type Environment, outputsIfAny } from './plan.ts'

/** For a deployment without an edge: the API must answer requests to its own address, since no others will come. */
export async function openDirectRequests(environment: Environment): Promise<void> {
  const { env, settings } = environment
  if (settings.api?.DirectRequests !== 'blocked') return
  if (await outputsIfAny(environment, 'edge'))
    throw new Failure(
      `${env} has an edge, and its API answers that edge alone (DirectRequests).`,
      `Leave --without-edge out, or delete the edge first: npm run destroy -- --env ${env} --only edge --yes`,
      2,
    )
  progress(`DirectRequests: open instead of blocked, because ${env} has no edge.`)
  settings.api.DirectRequests = 'open'
}
