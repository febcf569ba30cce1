import { inside, isSection, type Section, section, type Template, type Value } from '../template.ts'
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

/** Where whole services make no sense: whoever may do everything there can become anybody. */
const NEVER_WHOLE = ['iam', 'organizations', 'sts']

/**
 * Policies name their actions, their resources and their principals. Only those of a deployer (managed policies; services
 * have inline ones) may name whole services: CloudFormation's handlers decide which of their calls are made.
 */
export const POLICY_RULES: Rule[] = [{ faults: policyFaults }]

function policyFaults({ template, type, properties }: Found): Fault[] {
  const managed = Array.isArray(properties.ManagedPolicyArns) ? properties.ManagedPolicyArns : []
  return [
    ...documentsIn(properties, '').flatMap(({ path, document }) =>
      statementsOf(document).flatMap((statement, i) =>
        statementFaults(type, statement).map((message): Fault => [`${path}.Statement.${i}`, message]),
      ),
    ),
    ...managed.flatMap((arn) =>
      unless(
        JSON.stringify(arn).includes(':iam::aws:policy/service-role/') || isManagedHere(template, arn),
        'ManagedPolicyArns',
        "may list only AWS's policies for its own services, and policies of the same template",
      ),
    ),
  ]
}

function isManagedHere(template: Template, arn: Value): boolean {
  const policy = section(template, 'Resources')[String(inside(arn, 'Ref'))]
  return inside(policy, 'Type') === 'AWS::IAM::ManagedPolicy'
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
  const isWhole = (action: string) =>
    type === 'AWS::IAM::ManagedPolicy' && action.endsWith(':*') && !NEVER_WHOLE.includes(action.split(':')[0]!)
  if (!actions.length) faults.push('names no action')
  for (const action of actions)
    if (!/^[a-z0-9-]+:[A-Za-z]+$/.test(action) && !isWhole(action) && !(isKey && isAccount(statement.Principal)))
      faults.push(`must name its actions, not ${action}`)
  // In the policy of a key, * is that key.
  const isUnlimited = (action: string) => WITHOUT_RESOURCE.includes(action) || isWhole(action)
  if (resources.includes('*') && !isKey && !actions.every(isUnlimited)) faults.push('must name its resources')
  if (!resources.length && statement.Principal === undefined) faults.push('names no resource')
  if (JSON.stringify(statement.Principal ?? '').includes('"*"')) faults.push('must name its principal')
  return faults
}

/** The account itself, which then decides by its own policies; without this nobody could manage a key. */
function isAccount(principal: Value | undefined): boolean {
  return isSection(principal) && JSON.stringify(principal.AWS ?? '').endsWith(':root"}')
}
