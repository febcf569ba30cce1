import type { Section, Value } from '../template.ts'
import { isSection } from './functions.ts'

const STATEMENT_KEYS = ['Sid', 'Effect', 'Principal', 'Action', 'Resource', 'Condition']
/** Actions that IAM cannot narrow to a resource. */
const NAMELESS = [
  'ec2:DescribeDhcpOptions',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSecurityGroups',
  'ec2:DescribeSubnets',
  'ec2:DescribeVpcs',
  'ecr:GetAuthorizationToken',
]

/** What is too wide, or no policy at all, in the policy documents of a resource. */
export function policyFaults(type: string, properties: Section): [path: string, message: string][] {
  const faults = documentsIn(properties, '').flatMap(({ path, document }) =>
    statementsOf(document).flatMap((statement, i) =>
      statementFaults(type, statement).map((message): [string, string] => [`${path}.Statement.${i}`, message]),
    ),
  )
  // AWS's own policies for its services only: the others are written out.
  for (const arn of Array.isArray(properties.ManagedPolicyArns) ? properties.ManagedPolicyArns : [])
    if (!JSON.stringify(arn).includes(':iam::aws:policy/service-role/'))
      faults.push(['ManagedPolicyArns', "may hold only AWS's policies for its own services"])
  return faults
}

function documentsIn(value: Value, path: string): { path: string; document: Section }[] {
  if (typeof value !== 'object' || value === null) return []
  if (isSection(value) && value.Version === '2012-10-17' && value.Statement !== undefined)
    return [{ path, document: value }]
  return Object.entries(value).flatMap(([key, inner]) => documentsIn(inner as Value, path ? `${path}.${key}` : key))
}

function statementsOf({ Statement }: Section): Section[] {
  return [Statement ?? []].flat().filter(isSection)
}

function statementFaults(type: string, statement: Section): string[] {
  const faults: string[] = []
  for (const key of Object.keys(statement)) if (!STATEMENT_KEYS.includes(key)) faults.push(`knows no ${key}`)
  if (statement.Effect === 'Deny') return faults
  if (statement.Effect !== 'Allow') faults.push('must allow or deny')

  const actions = [statement.Action ?? []].flat().map(String)
  const resources = [statement.Resource ?? []].flat()
  const own = type === 'AWS::KMS::Key'
  if (!actions.length) faults.push('names no action')
  for (const action of actions)
    if (!/^[a-z0-9-]+:[A-Za-z]+$/.test(action) && !(own && isAccount(statement.Principal)))
      faults.push(`must name its actions, not ${action}`)
  // In the policy of a key, * is that key.
  if (resources.includes('*') && !own && !actions.every((action) => NAMELESS.includes(action)))
    faults.push('must name its resources')
  if (!resources.length && statement.Principal === undefined) faults.push('names no resource')
  if (JSON.stringify(statement.Principal ?? '').includes('"*"')) faults.push('must name who may')
  return faults
}

/** The account itself, which then decides by its own policies; without this a key could be managed by nobody. */
function isAccount(principal: Value | undefined): boolean {
  return isSection(principal) && JSON.stringify(principal.AWS ?? '').endsWith(':root"}')
}
