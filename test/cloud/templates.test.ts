import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import { parse } from 'yaml'
import { cloudFrontCode } from '../../tooling/lib/cloud/cloudfront-function.ts'
import { checkExports } from '../../tooling/lib/cloud/lint/exports.ts'
import { checkTemplate, lint, sentence } from '../../tooling/lib/cloud/lint/lint.ts'
import { checkSecurity } from '../../tooling/lib/cloud/lint/security.ts'
import {
  parseTemplate,
  readTemplates,
  renderTemplate,
  type Section,
  settings,
  type Template,
  type Value,
} from '../../tooling/lib/cloud/template.ts'
import { changed, mutationsOf } from './mutations.ts'

const templates = readTemplates()
const rendered = templates.map((template) => parseTemplate(template.name, renderTemplate(template)))

function named(name: string): Template {
  return rendered.find((template) => template.name === name)!
}

function at(template: Template, path: string): Value | undefined {
  return path.split('/').reduce<Value | undefined>((value, key) => (value as Section | undefined)?.[key], template.body)
}

/** What the rules of security say when the value at the path (its keys with slashes between) is another. */
function secure(name: string, path: string, value: Value | undefined): string[] {
  const faulty = changed(named(name), path.split('/'), value)
  return checkSecurity(rendered.map((each) => (each.name === name ? faulty : each))).map(sentence)
}

test('every template keeps the schemas of AWS, its own names and the rules of security', () => {
  assert.deepEqual(lint(templates).map(sentence), [])
  assert.equal(templates.length, 9)
})

test('every fault is found: unknown, missing, wrong type, misspelt, unused, not exported', () => {
  const missed: string[] = []
  let tried = 0
  for (const template of rendered)
    for (const { what, template: faulty } of mutationsOf(template)) {
      const all = () => rendered.map((each) => (each.name === template.name ? faulty : each))
      if (!checkTemplate(faulty).length && !checkExports(all()).length) missed.push(`${template.name}: ${what}`)
      tried++
    }
  assert.deepEqual(missed, [])
  assert.ok(tried > 1500, `${tried} faults were tried`)
})

test('a fault is told with its place', () => {
  const faulty = changed(named('network'), ['Resources', 'Vpc', 'Properties', 'CidrBlok'], 'x')
  assert.deepEqual(checkTemplate(faulty).map(sentence), [
    'network.yaml: Resources.Vpc.Properties.CidrBlok is no property here.',
  ])
})

test('what is not always there may be named only where it is', () => {
  const output = { Description: 'x', Value: { Ref: 'Nat' } }
  const faulty = changed(named('network'), ['Outputs', 'Nat'], output)
  assert.deepEqual(checkTemplate(faulty).map(sentence), [
    'network.yaml: Outputs.Nat.Value names Nat, which is not there when HasNat does not hold.',
  ])
  const guarded = { ...output, Condition: 'HasNat' }
  assert.deepEqual(checkTemplate(changed(named('network'), ['Outputs', 'Nat'], guarded)), [])
  // HasNat makes HasPublicSubnets hold, not the other way round.
  const other = { ...output, Condition: 'HasPublicSubnets' }
  assert.equal(checkTemplate(changed(named('network'), ['Outputs', 'Nat'], other)).length, 1)
})

test('a default must keep the bounds of its own parameter, and every parameter must have some', () => {
  for (const [name, value, message] of [
    ['network', { Default: 'anywhere' }, 'must be a private /16 such as 10.40.0.0/16'],
    ['network', { Description: '' }, 'has no description'],
    ['network', { AllowedPattern: undefined }, 'has no bounds'],
  ] as const) {
    const parameter = { ...(at(named(name), 'Parameters/CidrBlock') as Section), ...value } as Section
    const problems = checkTemplate(changed(named(name), ['Parameters', 'CidrBlock'], parameter))
    const said = problems.map(sentence).join('\n')
    assert.ok(said.includes(message), said)
  }
})

/** A template, what is changed in it, and what the rules say. */
const BREACHES: [name: string, path: string, value: Value | undefined, said: RegExp][] = [
  ['database', 'Resources/Instance/Properties/PubliclyAccessible', true, /no public database/],
  ['database', 'Resources/WriterInstance/Properties/PubliclyAccessible', undefined, /no public database/],
  ['database', 'Resources/Instance/Properties/StorageEncrypted', undefined, /StorageEncrypted must be true/],
  ['database', 'Resources/Instance/Properties/StorageEncrypted/Fn::If/2', false, /StorageEncrypted must be true/],
  ['database', 'Resources/Cluster/Properties/StorageEncrypted', false, /StorageEncrypted must be true/],
  ['database', 'Resources/Instance/Properties/BackupRetentionPeriod', 0, /a day or more/],
  ['database', 'Parameters/BackupDays/MinValue', 0, /a day or more/],
  ['database', 'Parameters/DeletionProtection/Default', 'false', /DeletionProtection must be true/],
  ['database', 'Resources/Cluster/Properties/DeletionProtection', undefined, /DeletionProtection must be true/],
  ['database', 'Resources/Instance/DeletionPolicy', 'Delete', /must be Snapshot/],
  ['database', 'Resources/Cluster/UpdateReplacePolicy', undefined, /must be Snapshot/],
  ['database', 'Resources/InstanceParameters/Properties/Parameters/rds.force_ssl', '0', /rds\.force_ssl/],
  ['database', 'Resources/Cluster/Properties/DBClusterParameterGroupName', undefined, /it forces TLS/],
  ['database', 'Resources/Instance/Properties/ManageMasterUserPassword', undefined, /ManageMasterUserPassword/],
  ['database', 'Resources/Instance/Properties/MasterUserPassword', 'hunter2', /must come from Secrets Manager/],
  ['database', 'Parameters/MasterPassword', { Type: 'String' }, /holds a secret and has no NoEcho/],
  [
    'network',
    'Resources/DatabaseSecurityGroup/Properties/SecurityGroupIngress/0/CidrIp',
    '0.0.0.0/0',
    /open to the world/,
  ],
  ['network', 'Resources/ApiFromLoadBalancer/Properties/CidrIp', '0.0.0.0/0', /open to the world/],
  ['network', 'Resources/ApiSecurityGroup/Properties/SecurityGroupEgress/0/CidrIp', '0.0.0.0/0', /by HTTPS only/],
  ['network', 'Resources/ApiSecurityGroup/Properties/SecurityGroupEgress', undefined, /everything may go out/],
  ['network', 'Resources/EndpointSecurityGroup/Properties/SecurityGroupIngress/0/IpProtocol', '-1', /name their ports/],
  ['network', 'Resources/PublicSubnetA/Properties/MapPublicIpOnLaunch', true, /no public address by chance/],
  ['runner', 'Resources/Bucket/Properties/BucketEncryption', undefined, /encryption everywhere/],
  ['runner', 'Resources/Bucket/Properties/PublicAccessBlockConfiguration/BlockPublicPolicy', false, /block all four/],
  ['runner', 'Resources/Bucket/Properties/VersioningConfiguration/Status', 'Suspended', /must be enabled/],
  ['runner', 'Resources/BucketPolicy', undefined, /denies what comes without TLS/],
  ['runner', 'Resources/RunnerProject/Properties/Environment/PrivilegedMode', true, /PrivilegedMode must be false/],
  [
    'runner',
    'Resources/RunnerProject/Properties/Environment/EnvironmentVariables/8/Type',
    'PLAINTEXT',
    /Secrets Manager/,
  ],
  [
    'runner',
    'Resources/RunnerRole/Properties/Policies/0/PolicyDocument/Statement/0/Action',
    's3:*',
    /name its actions/,
  ],
  [
    'runner',
    'Resources/RunnerRole/Properties/Policies/0/PolicyDocument/Statement/1/Resource',
    '*',
    /name its resources/,
  ],
  [
    'runner',
    'Resources/RunnerRole/Properties/Policies/0/PolicyDocument/Statement/1/NotAction',
    'x',
    /knows no NotAction/,
  ],
  [
    'runner',
    'Resources/RunnerRole/Properties/AssumeRolePolicyDocument/Statement/0/Principal',
    { AWS: '*' },
    /name who/,
  ],
  [
    'runner',
    'Resources/RunnerRole/Properties/ManagedPolicyArns',
    ['arn:aws:iam::aws:policy/AdministratorAccess'],
    /own services/,
  ],
  ['runner', 'Resources/RunnerLog/Properties/RetentionInDays', undefined, /RetentionInDays must be set/],
  ['alerts', 'Resources/Topic/Properties/KmsMasterKeyId', undefined, /encryption everywhere/],
  ['alerts', 'Resources/Key/Properties/EnableKeyRotation', false, /EnableKeyRotation/],
  ['alerts', 'Resources/Key/Properties/KeyPolicy/Statement/1/Action', 'kms:*', /name its actions/],
  ['registry', 'Resources/Repository/Properties/ImageTagMutability', 'MUTABLE', /IMMUTABLE/],
  ['registry', 'Resources/Repository/Properties/ImageScanningConfiguration', undefined, /must be on/],
  [
    'api-apprunner',
    'Resources/Service/Properties/SourceConfiguration/ImageRepository/ImageIdentifier',
    'postgrest:latest',
    /name a digest/,
  ],
  ['api-ecs-express', 'Resources/Service/Properties/PrimaryContainer/Image', 'postgrest:latest', /name a digest/],
  [
    'api-ecs-express',
    'Resources/Service/Properties/PrimaryContainer/Environment/0',
    { Name: 'PGPASSWORD', Value: 'x' },
    /Secrets Manager/,
  ],
  ['web', 'Resources/Branch/Properties/BasicAuthConfig/Fn::If/1/Password', 'beta', /must come from Secrets Manager/],
  [
    'edge',
    'Resources/Distribution/Properties/DistributionConfig/DefaultCacheBehavior/ViewerProtocolPolicy',
    'allow-all',
    /ask for HTTPS/,
  ],
  [
    'edge',
    'Resources/Distribution/Properties/DistributionConfig/Origins/1/CustomOriginConfig/OriginProtocolPolicy',
    'match-viewer',
    /https-only/,
  ],
  [
    'edge',
    'Resources/Distribution/Properties/DistributionConfig/Origins/0/CustomOriginConfig/OriginSSLProtocols',
    ['TLSv1'],
    /nothing older/,
  ],
]

test('every breach of security is found', () => {
  for (const [name, path, value, said] of BREACHES)
    assert.match(secure(name, path, value).join('\n') || `nothing, of ${path} in ${name}`, said)
})

test('a connection to the database without TLS is found, in every place that has one', () => {
  for (const [name, path] of [
    [
      'api-apprunner',
      'Resources/Service/Properties/SourceConfiguration/ImageRepository/ImageConfiguration/RuntimeEnvironmentVariables',
    ],
    ['api-ecs-express', 'Resources/Service/Properties/PrimaryContainer/Environment'],
    ['runner', 'Resources/RunnerProject/Properties/Environment/EnvironmentVariables'],
  ] as const) {
    const variables = at(named(name), path) as Section[]
    const without = variables.filter(({ Name }) => Name !== 'PGSSLMODE')
    assert.equal(without.length, variables.length - 1)
    assert.ok(secure(name, path, without).join('\n').includes('PGSSLMODE must ask for TLS'))
  }
})

test('both computes take the same and give the same', () => {
  const [one, other] = [named('api-apprunner'), named('api-ecs-express')]
  for (const part of ['Parameters', 'Metadata', 'Mappings']) assert.deepEqual(one.body[part], other.body[part])
  assert.deepEqual(Object.keys(one.body.Outputs as Section), Object.keys(other.body.Outputs as Section))
})

test('PostgREST gets the settings of infra/postgrest.env and listens where the health check asks', () => {
  const wanted = settings(readFileSync('infra/postgrest.env', 'utf8'))
  assert.ok(wanted.length > 5)
  for (const [name, path, port] of [
    [
      'api-apprunner',
      'Resources/Service/Properties/SourceConfiguration/ImageRepository/ImageConfiguration/RuntimeEnvironmentVariables',
      'Resources/Service/Properties/SourceConfiguration/ImageRepository/ImageConfiguration/Port',
    ],
    [
      'api-ecs-express',
      'Resources/Service/Properties/PrimaryContainer/Environment',
      'Resources/Service/Properties/PrimaryContainer/ContainerPort',
    ],
  ] as const) {
    const variables = at(named(name), path) as Section[]
    const given = variables.flatMap(({ Name, Value }) => (String(Name).startsWith('PGRST_') ? [[Name, Value]] : []))
    assert.deepEqual(given, wanted)
    assert.equal(String(at(named(name), port)), Object.fromEntries(wanted).PGRST_SERVER_PORT)
  }
})

test('as many instances as are allowed do not reach the alarm of the connections', () => {
  const pool = Number(Object.fromEntries(settings(readFileSync('infra/postgrest.env', 'utf8'))).PGRST_DB_POOL)
  const most = Number(at(named('api-ecs-express'), 'Parameters/MaxInstances/Default'))
  // One more per instance, which PostgREST listens on.
  assert.ok(most * (pool + 1) < Number(at(named('database'), 'Parameters/ConnectionsAlarm/Default')))
})

test('the page gets the headers of infra/headers.json, and its hashed files may be kept for ever', () => {
  const wanted = Object.entries(JSON.parse(readFileSync('infra/headers.json', 'utf8')))
  const { customHeaders } = parse(String(at(named('web'), 'Resources/App/Properties/CustomHeaders')))
  const [all, assets] = customHeaders as { pattern: string; headers: { key: string; value: string }[] }[]
  assert.equal(all?.pattern, '**')
  assert.deepEqual(
    all?.headers.map(({ key, value }) => [key, value]),
    wanted,
  )
  assert.ok(assets?.headers.at(-1)?.value ?? ''.includes('immutable'))
})

test('the edge gets the function that test/infra/edge.test.ts runs, whole', () => {
  assert.equal(at(named('edge'), 'Resources/V1Function/Properties/FunctionCode'), cloudFrontCode())
})

test('the README of the templates lists every parameter and every output', () => {
  const readme = readFileSync('infra/cloudformation/README.md', 'utf8')
  for (const { name, body } of rendered) {
    assert.ok(readme.includes(`${name}.yaml`), name)
    for (const part of ['Parameters', 'Outputs'])
      for (const id of Object.keys((body[part] ?? {}) as Section))
        assert.ok(readme.includes(`\`${id}\``), `${name}: ${id}`)
  }
})

const cfnLint = spawnSync('cfn-lint', ['--version'], { encoding: 'utf8' })
if (cfnLint.status !== 0) console.log('skipped: cfn-lint is not on PATH, which would be a second opinion')
const maybe = cfnLint.status === 0 ? test : test.skip

maybe('cfn-lint, where it is installed, finds nothing either', () => {
  const dir = mkdtempSync(join(tmpdir(), 'xmonitor-cfn-'))
  for (const template of templates) writeFileSync(join(dir, `${template.name}.yaml`), renderTemplate(template))
  // W1030: it takes the empty default of CertificateArn for a certificate, though a condition keeps it away.
  const { stdout, status } = spawnSync('cfn-lint', ['-i', 'W1030', '--', `${dir}/*.yaml`], { encoding: 'utf8' })
  rmSync(dir, { recursive: true })
  assert.equal(stdout, '')
  assert.equal(status, 0)
})

test.run()
