import assert from 'node:assert/strict'
import { test } from 'uvu'
import { isSection, readTemplates, type Section, section } from '../../tooling/lib/cloud/template.ts'
import { everyCall } from './every-call.ts'
import { startCloud } from './fake/aws.ts'
import { at } from './support.ts'

// The policies of deployer.yaml against what a deployment does: the calls of the commands, and what CloudFormation's
// handlers do for each resource with the permissions of whoever deploys.

const templates = readTemplates()
const deployer = templates.find(({ name }) => name === 'deployer')!
const statements = ['Services', 'Roles'].flatMap(
  (policy) => at(deployer, `Resources/${policy}/Properties/PolicyDocument/Statement`) as Section[],
)
const allowed = statements.flatMap(({ Action }) => [Action].flat().map(String))

function isAllowed(action: string): boolean {
  return allowed.some((each) => each === action || each === `${action.split(':')[0]}:*`)
}

/** What the handlers of AWS::IAM::Role may call; the list is in the resource type's public schema. */
const ROLE_HANDLERS = [
  'AttachRolePolicy',
  'CreateRole',
  'DeleteRole',
  'DeleteRolePolicy',
  'DetachRolePolicy',
  'GetRole',
  'GetRolePolicy',
  'ListAttachedRolePolicies',
  'ListRolePolicies',
  'PutRolePolicy',
  'TagRole',
  'UntagRole',
  'UpdateAssumeRolePolicy',
  'UpdateRole',
  'UpdateRoleDescription',
]

/** The IAM name of a resource type's service where it is not the type's own in lower case. */
const SERVICES: Record<string, string> = { CertificateManager: 'acm' }

test('a deployer may make every call of deploy, cloud:migrate and destroy', async () => {
  const cloud = await startCloud()
  try {
    const actions = (await everyCall(cloud)).map(({ service, operation }) => {
      if (service.startsWith('s3')) return 's3:GetObject'
      const name = operation.replace(/(^|-)([a-z])/g, (_, __, letter) => letter.toUpperCase())
      // The CLI's own name for the call whose answer it decodes.
      return `${service}:${name.replace('GetLoginPassword', 'GetAuthorizationToken')}`
    })
    // Everybody may ask who they are.
    const refused = actions.filter((action) => action !== 'sts:GetCallerIdentity' && !isAllowed(action))
    assert.deepEqual(refused, [])
  } finally {
    await cloud.stop()
  }
})

test('a deployer may create, change and delete every type of resource in the stacks', () => {
  const types = templates
    .filter((template) => template !== deployer)
    .flatMap((template) => Object.values(section(template, 'Resources')).map((each) => String((each as Section).Type)))
  for (const type of new Set(types)) {
    const [, service = ''] = type.split('::')
    if (type === 'AWS::IAM::Role') for (const action of ROLE_HANDLERS) assert.ok(isAllowed(`iam:${action}`), action)
    else assert.ok(isAllowed(`${SERVICES[service] ?? service.toLowerCase()}:Any`), type)
  }
})

test('a deployer may pass roles to exactly the services that the stacks give them to', () => {
  const principals = templates
    .filter((template) => template !== deployer)
    .flatMap((template) => Object.values(section(template, 'Resources')).filter(isSection))
    .filter(({ Type }) => Type === 'AWS::IAM::Role')
    .flatMap(({ Properties }) =>
      [...JSON.stringify(Properties).matchAll(/"Service":"([^"]+)"/g)].map(([, name]) => name),
    )
  const pass = statements.find(({ Action }) => Action === 'iam:PassRole')!
  const { StringEquals } = pass.Condition as { StringEquals: Section }
  assert.deepEqual(StringEquals['iam:PassedToService'], [...new Set(principals)].sort())
})

test('a deployer may touch no user, no policy, and no role that is not of these stacks', () => {
  for (const action of ['iam:CreateUser', 'iam:CreatePolicyVersion', 'iam:CreateAccessKey', 'sts:AssumeRole'])
    assert.ok(!isAllowed(action), action)
  for (const { Action, Resource } of statements)
    if (JSON.stringify(Action).includes('"iam:'))
      assert.match(JSON.stringify(Resource), /:role\/(xmonitor-|aws-service-role\/)\*/)
})

test.run()
