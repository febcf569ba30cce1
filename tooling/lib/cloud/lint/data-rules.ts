import { inside, section, type Template, type Value } from '../template.ts'
import { type Fault, type Found, mustBe, mustHave, type Rule, unless } from './rule.ts'

const ENCRYPTED = 'everything is encrypted'

/** Where data lies: encrypted, backed up, and not deleted by accident. */
export const DATA_RULES: Rule[] = [
  mustBe(['AWS::RDS::DBInstance'], 'PubliclyAccessible', false, 'the database is private'),
  {
    types: ['AWS::RDS::DBInstance', 'AWS::RDS::DBCluster'],
    faults: (found) => (found.properties.DBClusterIdentifier ? [] : databaseFaults(found)),
  },
  {
    types: ['AWS::RDS::DBParameterGroup', 'AWS::RDS::DBClusterParameterGroup'],
    faults: ({ properties }) =>
      unless(inside(properties.Parameters, 'rds.force_ssl') === '1', 'Parameters', "must set rds.force_ssl to '1'"),
  },
  { types: ['AWS::S3::Bucket'], faults: bucketFaults },
  mustHave(['AWS::SNS::Topic'], 'KmsMasterKeyId', ENCRYPTED),
  mustBe(['AWS::KMS::Key'], 'EnableKeyRotation', true),
  mustHave(['AWS::ECR::Repository'], 'EncryptionConfiguration', ENCRYPTED),
  mustBe(['AWS::ECR::Repository'], 'ImageTagMutability', 'IMMUTABLE'),
  mustBe(['AWS::ECR::Repository'], 'ImageScanningConfiguration.ScanOnPush', true),
  mustHave(['AWS::Logs::LogGroup'], 'RetentionInDays'),
]

function databaseFaults({ template, resource, properties, type }: Found): Fault[] {
  const group = type.endsWith('Cluster') ? 'DBClusterParameterGroupName' : 'DBParameterGroupName'
  return [
    ...unless(isEncrypted(properties.StorageEncrypted), 'StorageEncrypted', `must be true: ${ENCRYPTED}`),
    ...unless(minimum(template, properties.BackupRetentionPeriod) >= 1, 'BackupRetentionPeriod', 'must be at least 1'),
    ...unless(
      isTrueByDefault(template, properties.DeletionProtection),
      'DeletionProtection',
      'must be true by default',
    ),
    ...unless(resource.DeletionPolicy === 'Snapshot', 'DeletionPolicy', 'must be Snapshot'),
    ...unless(resource.UpdateReplacePolicy === 'Snapshot', 'UpdateReplacePolicy', 'must be Snapshot'),
    ...unless(properties[group], group, 'must be set: it enforces TLS'),
    ...unless(properties.ManageMasterUserPassword === true, 'ManageMasterUserPassword', 'must be true'),
  ]
}

/** true, or true in every branch but the one for a restored snapshot, which brings its own encryption. */
function isEncrypted(value: Value | undefined): boolean {
  const [, ...branches] = (inside(value, 'Fn::If') as Value[] | undefined) ?? []
  if (!branches.length) return value === true
  return branches.includes(true) && branches.every((each) => each === true || inside(each, 'Ref') === 'AWS::NoValue')
}

/** The smallest value a number can have: itself, or its parameter's MinValue. */
function minimum(template: Template, value: Value | undefined): number {
  if (typeof value === 'number') return value
  const bound = inside(section(template, 'Parameters')[String(inside(value, 'Ref'))], 'MinValue')
  return typeof bound === 'number' ? bound : 0
}

/** true, or a condition on a parameter whose default makes it true. */
function isTrueByDefault(template: Template, value: Value | undefined): boolean {
  if (value === true) return true
  const [condition, yes] = (inside(value, 'Fn::If') as Value[] | undefined) ?? []
  if (yes !== true) return false
  const equals = inside(section(template, 'Conditions')[String(condition)], 'Fn::Equals')
  const [left, right] = Array.isArray(equals) ? equals : []
  return inside(section(template, 'Parameters')[String(inside(left, 'Ref'))], 'Default') === right
}

function bucketFaults({ id, properties }: Found, all: Found[]): Fault[] {
  const blocked = properties.PublicAccessBlockConfiguration
  const switches = ['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets']
  const tlsOnly = all.some(({ type, properties: policy }) => {
    const document = JSON.stringify(policy.PolicyDocument ?? null)
    return (
      type === 'AWS::S3::BucketPolicy' &&
      inside(policy.Bucket, 'Ref') === id &&
      document.includes('"Bool":{"aws:SecureTransport":"false"}') &&
      document.includes('"Effect":"Deny"')
    )
  })
  return [
    ...unless(properties.BucketEncryption, 'BucketEncryption', `must be set: ${ENCRYPTED}`),
    ...unless(
      switches.every((key) => inside(blocked, key) === true),
      'PublicAccessBlockConfiguration',
      'must set all four to true',
    ),
    ...unless(inside(properties, 'VersioningConfiguration', 'Status') === 'Enabled', 'Versioning', 'must be enabled'),
    ...unless(tlsOnly, 'Bucket', 'must have a policy that denies requests without TLS'),
  ]
}
