import { Failure } from '../errors.ts'
import type { Aws } from './aws.ts'

/** Services that act by a role of their own, which a new account does not have: without it their first resource fails. */
const SERVICES = [
  'ecs.amazonaws.com',
  'ecs.application-autoscaling.amazonaws.com',
  'elasticloadbalancing.amazonaws.com',
  'rds.amazonaws.com',
]

/** Creates the service-linked roles that the account does not have yet. */
export async function createServiceLinkedRoles(aws: Aws): Promise<string> {
  const created: string[] = []
  for (const service of SERVICES) if (await create(aws, service)) created.push(service)
  return created.length > 0 ? `created for ${created.join(', ')}` : 'unchanged'
}

async function create(aws: Aws, service: string): Promise<boolean> {
  try {
    await aws.call('iam', 'create-service-linked-role', { AWSServiceName: service })
    return true
  } catch (error) {
    if (error instanceof Failure && /has been taken/.test(error.fact)) return false
    throw error
  }
}
