import type { Section, Template, Value } from '../template.ts'
import { asFunction, isSection } from './functions.ts'
import type { Problem } from './lint.ts'
import { policyFaults } from './policies.ts'
import { section } from './schema.ts'

type Found = { template: Template; id: string; type: string; resource: Section; properties: Section }
type Rule = {
  /** The types it is about; none: every resource. */
  types: string[]
  /** What is wrong with the resource, each with the place inside it. */
  faults: (found: Found, all: Found[]) => [path: string, message: string][]
}

const WORLD = ['0.0.0.0/0', '::/0']
const NOWHERE = '127.0.0.1/32'
const SECRET = /password|secret|credential/i
/** Properties that hold a secret itself. */
const SECRET_PROPERTIES = ['MasterUserPassword', 'SecretString', 'Password', 'OauthToken', 'AccessToken']

const RULES: Rule[] = [
  {
    types: ['AWS::RDS::DBInstance'],
    faults: ({ properties }) => [
      ...unless(properties.PubliclyAccessible === false, 'PubliclyAccessible', 'must be false: no public database'),
    ],
  },
  {
    types: ['AWS::RDS::DBInstance', 'AWS::RDS::DBCluster'],
    faults: (found) => (found.properties.DBClusterIdentifier ? [] : databaseFaults(found)),
  },
  {
    types: ['AWS::RDS::DBParameterGroup', 'AWS::RDS::DBClusterParameterGroup'],
    faults: ({ properties }) => [
      ...unless(
        inside(properties, 'Parameters', 'rds.force_ssl') === '1',
        'Parameters',
        "must set rds.force_ssl to '1'",
      ),
    ],
  },
  {
    types: ['AWS::S3::Bucket'],
    faults: (found, all) => bucketFaults(found, all),
  },
  {
    types: ['AWS::SNS::Topic'],
    faults: ({ properties }) =>
      unless(properties.KmsMasterKeyId, 'KmsMasterKeyId', 'must be set: encryption everywhere'),
  },
  {
    types: ['AWS::KMS::Key'],
    faults: ({ properties }) => unless(properties.EnableKeyRotation === true, 'EnableKeyRotation', 'must be true'),
  },
  {
    types: ['AWS::ECR::Repository'],
    faults: ({ properties }) => [
      ...unless(properties.EncryptionConfiguration, 'EncryptionConfiguration', 'must be set: encryption everywhere'),
      ...unless(properties.ImageTagMutability === 'IMMUTABLE', 'ImageTagMutability', 'must be IMMUTABLE'),
      ...unless(inside(properties, 'ImageScanningConfiguration', 'ScanOnPush') === true, 'ImageScanning', 'must be on'),
    ],
  },
  {
    types: ['AWS::Logs::LogGroup'],
    faults: ({ properties }) => unless(properties.RetentionInDays, 'RetentionInDays', 'must be set'),
  },
  {
    types: ['AWS::EC2::Subnet'],
    faults: ({ properties }) =>
      unless(
        properties.MapPublicIpOnLaunch === false,
        'MapPublicIpOnLaunch',
        'must be false: no public address by chance',
      ),
  },
  {
    types: ['AWS::EC2::SecurityGroup', 'AWS::EC2::SecurityGroupIngress', 'AWS::EC2::SecurityGroupEgress'],
    faults: securityGroupFaults,
  },
  {
    types: ['AWS::CodeBuild::Project'],
    faults: ({ properties }) =>
      unless(
        inside(properties, 'Environment', 'PrivilegedMode') === false,
        'Environment.PrivilegedMode',
        'must be false',
      ),
  },
  { types: ['AWS::CloudFront::Distribution'], faults: distributionFaults },
  {
    types: ['AWS::AppRunner::Service', 'AWS::ECS::ExpressGatewayService'],
    faults: ({ properties }) =>
      [...entries(properties)]
        .filter(([, key]) => key === 'ImageIdentifier' || key === 'Image')
        .flatMap(([path, , image]) =>
          unless(JSON.stringify(image ?? null).includes('"@"'), path, 'must name a digest'),
        ),
  },
  { types: [], faults: (found) => policyFaults(found.type, found.properties) },
  { types: [], faults: secretFaults },
]

/** The rules of security, as code, over all templates together. */
export function checkSecurity(templates: Template[]): Problem[] {
  const all = templates.flatMap(resourcesOf)
  const problems = all.flatMap((found) =>
    RULES.filter(({ types }) => !types.length || types.includes(found.type)).flatMap(({ faults }) =>
      faults(found, all).map(([path, message]) => ({
        template: found.template.name,
        path: `Resources.${found.id}.${path}`,
        message,
      })),
    ),
  )
  return [...problems, ...templates.flatMap(parameterProblems)]
}

function resourcesOf(template: Template): Found[] {
  return Object.entries(section(template, 'Resources')).flatMap(([id, resource]) =>
    isSection(resource)
      ? [
          {
            template,
            id,
            type: String(resource.Type),
            resource,
            properties: isSection(resource.Properties) ? resource.Properties : {},
          },
        ]
      : [],
  )
}

function unless(good: unknown, path: string, message: string): [string, string][] {
  return good ? [] : [[path, message]]
}

function inside(value: Value | undefined, ...keys: string[]): Value | undefined {
  return keys.reduce<Value | undefined>((each, key) => (isSection(each) ? each[key] : undefined), value)
}

/** Every key at every depth: its path, the key, what it holds. */
function* entries(value: Value, path = ''): Generator<[path: string, key: string, value: Value]> {
  if (typeof value !== 'object' || value === null) return
  for (const [key, inner] of Object.entries(value)) {
    const here = path ? `${path}.${key}` : key
    yield [here, key, inner as Value]
    yield* entries(inner as Value, here)
  }
}

function databaseFaults({ template, resource, properties, type }: Found): [string, string][] {
  const group = type.endsWith('Cluster') ? 'DBClusterParameterGroupName' : 'DBParameterGroupName'
  return [
    ...unless(encrypted(properties.StorageEncrypted), 'StorageEncrypted', 'must be true: encryption everywhere'),
    ...unless(least(template, properties.BackupRetentionPeriod) >= 1, 'BackupRetentionPeriod', 'must be a day or more'),
    ...unless(
      usually(template, properties.DeletionProtection),
      'DeletionProtection',
      'must be true unless asked otherwise',
    ),
    ...unless(resource.DeletionPolicy === 'Snapshot', 'DeletionPolicy', 'must be Snapshot'),
    ...unless(resource.UpdateReplacePolicy === 'Snapshot', 'UpdateReplacePolicy', 'must be Snapshot'),
    ...unless(properties[group], group, 'must be set: it forces TLS'),
    ...unless(properties.ManageMasterUserPassword === true, 'ManageMasterUserPassword', 'must be true'),
  ]
}

/** true, or true for all that does not come from a snapshot, which brings its own encryption. */
function encrypted(value: Value | undefined): boolean {
  const branches = asFunction(value ?? null)?.name === 'Fn::If' && (asFunction(value!)!.argument as Value[])
  if (!branches) return value === true
  return (
    branches.slice(1).every((each) => each === true || inside(each, 'Ref') === 'AWS::NoValue') &&
    branches.includes(true)
  )
}

/** The least that a number can be: itself, or its parameter's bound. */
function least(template: Template, value: Value | undefined): number {
  if (typeof value === 'number') return value
  const bound = inside(section(template, 'Parameters')[String(inside(value, 'Ref'))], 'MinValue')
  return typeof bound === 'number' ? bound : 0
}

/** true, or a condition on a parameter whose default makes it true. */
function usually(template: Template, value: Value | undefined): boolean {
  if (value === true) return true
  const call = asFunction(value ?? null)
  if (call?.name !== 'Fn::If' || !Array.isArray(call.argument) || call.argument[1] !== true) return false
  const equals = inside(section(template, 'Conditions')[String(call.argument[0])], 'Fn::Equals')
  const [left, right] = Array.isArray(equals) ? equals : []
  return inside(section(template, 'Parameters')[String(inside(left, 'Ref'))], 'Default') === right
}

function bucketFaults({ id, properties }: Found, all: Found[]): [string, string][] {
  const blocked = properties.PublicAccessBlockConfiguration
  const closed = ['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets']
  const tls = all.some(
    (each) =>
      each.type === 'AWS::S3::BucketPolicy' &&
      inside(each.properties.Bucket, 'Ref') === id &&
      JSON.stringify(each.properties.PolicyDocument ?? null).includes('"Bool":{"aws:SecureTransport":"false"}') &&
      JSON.stringify(each.properties.PolicyDocument ?? null).includes('"Effect":"Deny"'),
  )
  return [
    ...unless(properties.BucketEncryption, 'BucketEncryption', 'must be set: encryption everywhere'),
    ...unless(
      closed.every((key) => inside(blocked, key) === true),
      'PublicAccessBlockConfiguration',
      'must block all four',
    ),
    ...unless(inside(properties, 'VersioningConfiguration', 'Status') === 'Enabled', 'Versioning', 'must be enabled'),
    ...unless(tls, 'Bucket', 'must have a policy that denies what comes without TLS'),
  ]
}

function securityGroupFaults({ template, type, properties }: Found): [string, string][] {
  const single = type !== 'AWS::EC2::SecurityGroup'
  const listed = (key: string) => (Array.isArray(properties[key]) ? (properties[key] as Value[]) : [])
  const ingress = single ? (type.endsWith('Ingress') ? [properties] : []) : listed('SecurityGroupIngress')
  const egress = single ? (type.endsWith('Egress') ? [properties] : []) : listed('SecurityGroupEgress')
  const open = (rule: Value) => WORLD.includes(String(inside(rule, 'CidrIp') ?? inside(rule, 'CidrIpv6')))
  const https = (rule: Value) => inside(rule, 'FromPort') === 443 && inside(rule, 'ToPort') === 443
  const everything = (rule: Value) => String(inside(rule, 'IpProtocol')) === '-1' && inside(rule, 'CidrIp') !== NOWHERE
  return [
    ...ingress.flatMap((rule) =>
      unless(!open(rule) || (https(rule) && template.name === 'edge'), 'Ingress', 'must not be open to the world'),
    ),
    ...egress.flatMap((rule) => unless(!open(rule) || https(rule), 'Egress', 'may reach the world by HTTPS only')),
    ...[...ingress, ...egress].flatMap((rule) => unless(!everything(rule), 'Rules', 'must name their ports')),
    ...unless(single || egress.length, 'SecurityGroupEgress', 'must be given, or everything may go out'),
  ]
}

function distributionFaults({ properties }: Found): [string, string][] {
  return [...entries(properties)].flatMap(([path, key, value]) => {
    if (key === 'ViewerProtocolPolicy') return unless(value !== 'allow-all', path, 'must ask for HTTPS')
    if (key === 'OriginProtocolPolicy') return unless(value === 'https-only', path, 'must be https-only')
    if (key === 'OriginSSLProtocols')
      return unless(JSON.stringify(value) === '["TLSv1.2"]', path, 'must be TLSv1.2 and nothing older')
    if (key === 'MinimumProtocolVersion') return unless(value === 'TLSv1.2_2021', path, 'must be TLSv1.2_2021')
    return []
  })
}

/** No secret stands in a template, and none goes into a plain variable; a connection to the database asks for TLS. */
function secretFaults({ template, properties }: Found): [string, string][] {
  const parameters = section(template, 'Parameters')
  return [...entries(properties)].flatMap(([path, key, value]): [string, string][] => {
    if (SECRET_PROPERTIES.includes(key)) {
      const hidden = inside(parameters[String(inside(value, 'Ref'))], 'NoEcho') === true
      const resolved = JSON.stringify(value).includes('{{resolve:secretsmanager:')
      return unless(hidden || resolved, path, 'must come from Secrets Manager or a NoEcho parameter')
    }
    if (/^(Environment|EnvironmentVariables|RuntimeEnvironmentVariables)$/.test(key) && Array.isArray(value))
      return environmentFaults(value).map(([name, message]) => [`${path}.${name}`, message])
    return []
  })
}

function environmentFaults(variables: Value[]): [string, string][] {
  const named = new Map(variables.map((each) => [String(inside(each, 'Name')), each]))
  const plain = [...named].filter(
    ([name, each]) =>
      SECRET.test(name.replace('XMONITOR_CREDENTIALS', '')) && inside(each, 'Type') !== 'SECRETS_MANAGER',
  )
  const mode = String(inside(named.get('PGSSLMODE'), 'Value'))
  return [
    ...plain.map(([name]): [string, string] => [name, 'must come from Secrets Manager']),
    ...unless(!named.has('PGHOST') || ['require', 'verify-full'].includes(mode), 'PGSSLMODE', 'must ask for TLS'),
  ]
}

function parameterProblems(template: Template): Problem[] {
  return Object.entries(section(template, 'Parameters'))
    .filter(([name, parameter]) => SECRET.test(name) && inside(parameter, 'NoEcho') !== true)
    .map(([name]) => ({
      template: template.name,
      path: `Parameters.${name}`,
      message: 'holds a secret and has no NoEcho',
    }))
}
