import { isSection, type Section, type Value } from '../template.ts'
import { type Fault, type Found, type Rule, unless } from './rule.ts'

const STATEMENT_KEYS = ['Sid', 'Effect', 'Principal', 'Action', 'Resource', 'Condition']
/** Actions that IAM cannot narrow to a resource. */
const WITHOUT_RESOURCE = [
  'ec2:DescribeDhcpOptions',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSecurityGroups',
  'ec2:DescribeSubnets',
  'ec2:DescribeVpcs',
  'ecr:GetAuthorizationToken',
]

/** Policies name their actions, their resources and their principals. */
export const POLICY_RULES: Rule[] = [{ faults: policyFaults }]

function policyFaults({ type, properties }: Found): Fault[] {
  const managed = Array.isArray(properties.ManagedPolicyArns) ? properties.ManagedPolicyArns : []
  return [
    ...documentsIn(properties, '').flatMap(({ path, document }) =>
      statementsOf(document).flatMap((statement, i) =>
        statementFaults(type, statement).map((message): Fault => [`${path}.Statement.${i}`, message]),
      ),
    ),
    ...managed.flatMap((arn) =>
      unless(
        JSON.stringify(arn).includes(':iam::aws:policy/service-role/'),
        'ManagedPolicyArns',
        "may list only AWS's policies for its own services",
      ),
    ),
  ]
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
  for (const key of Object.keys(statement)) if (!STATEMENT_KEYS.includes(key)) faults.push(`must not use ${key}`)
  if (statement.Effect === 'Deny') return faults
  if (statement.Effect !== 'Allow') faults.push('must allow or deny')

  const actions = [statement.Action ?? []].flat().map(String)
  const resources = [statement.Resource ?? []].flat()
  const isKey = type === 'AWS::KMS::Key'
  if (!actions.length) faults.push('names no action')
  for (const action of actions)
    if (!/^[a-z0-9-]+:[A-Za-z]+$/.test(action) && !(isKey && isAccount(statement.Principal)))
      faults.push(`must name its actions, not ${action}`)
  // In the policy of a key, * is that key.
  if (resources.includes('*') && !isKey && !actions.every((action) => WITHOUT_RESOURCE.includes(action)))
    faults.push('must name its resources')
  if (!resources.length && statement.Principal === undefined) faults.push('names no resource')
  if (JSON.stringify(statement.Principal ?? '').includes('"*"')) faults.push('must name its principal')
  return faults
}

/** The account itself, which then decides by its own policies; without this nobody could manage a key. */
function isAccount(principal: Value | undefined): boolean {
  return isSection(principal) && JSON.stringify(principal.AWS ?? '').endsWith(':root"}')
}
