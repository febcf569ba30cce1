import assert from 'node:assert/strict'
import { test } from 'uvu'
import { securityFaults } from '../../tooling/lib/cloud/lint/security.ts'
import { readTemplates, type Section, type Value } from '../../tooling/lib/cloud/template.ts'
import { at, changed } from './support.ts'

const templates = readTemplates()

/** What the security rules say once the value at a path (keys separated by slashes) is another one. */
function faultsWith(name: string, path: string, value: Value | undefined): string {
  return securityFaults(
    templates.map((each) => (each.name === name ? changed(each, path.split('/'), value) : each)),
  ).join('\n')
}

test('the templates keep every security rule', () => {
  assert.deepEqual(securityFaults(templates), [])
})

/** A template, what is changed in it, and what the rules say. */
const BREACHES: [name: string, path: string, value: Value | undefined, said: RegExp][] = [
  ['database', 'Resources/Instance/Properties/PubliclyAccessible', true, /the database is private/],
  ['database', 'Resources/WriterInstance/Properties/PubliclyAccessible', undefined, /the database is private/],
  ['database', 'Resources/Instance/Properties/StorageEncrypted', undefined, /StorageEncrypted must be true/],
  ['database', 'Resources/Instance/Properties/StorageEncrypted/Fn::If/2', false, /StorageEncrypted must be true/],
  ['database', 'Resources/Cluster/Properties/StorageEncrypted', false, /StorageEncrypted must be true/],
  ['database', 'Resources/Instance/Properties/BackupRetentionPeriod', 0, /BackupRetentionPeriod must be at least 1/],
  ['database', 'Parameters/BackupDays/MinValue', 0, /BackupRetentionPeriod must be at least 1/],
  ['database', 'Parameters/DeletionProtection/Default', 'false', /DeletionProtection must be true by default/],
  [
    'database',
    'Resources/Cluster/Properties/DeletionProtection',
    undefined,
    /DeletionProtection must be true by default/,
  ],
  ['database', 'Resources/Instance/DeletionPolicy', 'Delete', /must be Snapshot/],
  ['database', 'Resources/Cluster/UpdateReplacePolicy', undefined, /must be Snapshot/],
  ['database', 'Resources/InstanceParameters/Properties/Parameters/rds.force_ssl', '0', /rds\.force_ssl/],
  ['database', 'Resources/Cluster/Properties/DBClusterParameterGroupName', undefined, /it enforces TLS/],
  ['database', 'Resources/Instance/Properties/ManageMasterUserPassword', undefined, /ManageMasterUserPassword/],
  ['database', 'Resources/Instance/Properties/MasterUserPassword', 'hunter2', /must come from Secrets Manager/],
  ['database', 'Parameters/MasterPassword', { Type: 'String' }, /holds a secret and is not NoEcho/],
  [
    'network',
    'Resources/DatabaseSecurityGroup/Properties/SecurityGroupIngress/0/CidrIp',
    '0.0.0.0/0',
    /open to the world/,
  ],
  ['network', 'Resources/ApiFromLoadBalancerA/Properties/CidrIp', '0.0.0.0/0', /open to the world/],
  ['network', 'Resources/ApiSecurityGroup/Properties/SecurityGroupEgress/0/CidrIp', '0.0.0.0/0', /by HTTPS only/],
  ['network', 'Resources/ApiSecurityGroup/Properties/SecurityGroupEgress', undefined, /everything may go out/],
  ['network', 'Resources/EndpointSecurityGroup/Properties/SecurityGroupIngress/0/IpProtocol', '-1', /name their ports/],
  ['network', 'Resources/PublicSubnetA/Properties/MapPublicIpOnLaunch', true, /no public address by accident/],
  ['runner', 'Resources/Bucket/Properties/BucketEncryption', undefined, /everything is encrypted/],
  ['runner', 'Resources/Bucket/Properties/PublicAccessBlockConfiguration/BlockPublicPolicy', false, /set all four/],
  ['runner', 'Resources/Bucket/Properties/VersioningConfiguration/Status', 'Suspended', /must be enabled/],
  ['runner', 'Resources/BucketPolicy', undefined, /denies requests without TLS/],
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
    /must not use NotAction/,
  ],
  [
    'runner',
    'Resources/RunnerRole/Properties/AssumeRolePolicyDocument/Statement/0/Principal',
    { AWS: '*' },
    /name its principal/,
  ],
  [
    'runner',
    'Resources/RunnerRole/Properties/ManagedPolicyArns',
    ['arn:aws:iam::aws:policy/AdministratorAccess'],
    /own services/,
  ],
  ['deployer', 'Resources/Services/Properties/PolicyDocument/Statement/0/Action', 'iam:*', /name its actions/],
  ['deployer', 'Resources/Services/Properties/PolicyDocument/Statement/0/Action', '*', /name its actions/],
  ['deployer', 'Resources/Roles/Properties/PolicyDocument/Statement/0/Resource', '*', /name its resources/],
  [
    'deployer',
    'Resources/People/Properties/ManagedPolicyArns/0',
    'arn:aws:iam::aws:policy/PowerUserAccess',
    /own services/,
  ],
  ['runner', 'Resources/RunnerLog/Properties/RetentionInDays', undefined, /RetentionInDays must be set/],
  ['alerts', 'Resources/Topic/Properties/KmsMasterKeyId', undefined, /everything is encrypted/],
  ['alerts', 'Resources/Key/Properties/EnableKeyRotation', false, /EnableKeyRotation/],
  ['alerts', 'Resources/Key/Properties/KeyPolicy/Statement/1/Action', 'kms:*', /name its actions/],
  ['registry', 'Resources/Repository/Properties/ImageTagMutability', 'MUTABLE', /IMMUTABLE/],
  ['registry', 'Resources/Repository/Properties/ImageScanningConfiguration', undefined, /ScanOnPush must be true/],
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
  ['web', 'Resources/Branch/Properties/BasicAuthConfig', { Password: 'beta' }, /must come from Secrets Manager/],
  [
    'edge',
    'Resources/Distribution/Properties/DistributionConfig/DefaultCacheBehavior/ViewerProtocolPolicy',
    'allow-all',
    /require HTTPS/,
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

test('every breach of a security rule is found', () => {
  for (const [name, path, value, said] of BREACHES)
    assert.match(faultsWith(name, path, value) || `nothing, of ${path} in ${name}`, said)
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
    const variables = at(templates.find((each) => each.name === name)!, path) as Section[]
    const without = variables.filter(({ Name }) => Name !== 'PGSSLMODE')
    assert.equal(without.length, variables.length - 1)
    assert.match(faultsWith(name, path, without), /PGSSLMODE must require TLS/)
  }
})

test.run()
