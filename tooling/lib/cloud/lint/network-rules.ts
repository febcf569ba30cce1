import { inside, type Value } from '../template.ts'
import { entriesOf, type Fault, type Found, mustBe, type Rule, unless } from './rule.ts'

const WORLD = ['0.0.0.0/0', '::/0']
const NOWHERE = '127.0.0.1/32'

/** Who may reach what: nothing is open to the world but the edge, and everything outside a VPC is HTTPS. */
export const NETWORK_RULES: Rule[] = [
  mustBe(['AWS::EC2::Subnet'], 'MapPublicIpOnLaunch', false, 'no public address by accident'),
  {
    types: ['AWS::EC2::SecurityGroup', 'AWS::EC2::SecurityGroupIngress', 'AWS::EC2::SecurityGroupEgress'],
    faults: securityGroupFaults,
  },
  mustBe(['AWS::CodeBuild::Project'], 'Environment.PrivilegedMode', false),
  { types: ['AWS::CloudFront::Distribution'], faults: distributionFaults },
  { types: ['AWS::AppRunner::Service', 'AWS::ECS::ExpressGatewayService'], faults: imageFaults },
]

function securityGroupFaults({ type, properties }: Found): Fault[] {
  const single = type !== 'AWS::EC2::SecurityGroup'
  const listed = (key: string) => (Array.isArray(properties[key]) ? (properties[key] as Value[]) : [])
  const ingress = single ? (type.endsWith('Ingress') ? [properties] : []) : listed('SecurityGroupIngress')
  const egress = single ? (type.endsWith('Egress') ? [properties] : []) : listed('SecurityGroupEgress')
  const isOpen = (rule: Value) => WORLD.includes(String(inside(rule, 'CidrIp') ?? inside(rule, 'CidrIpv6')))
  const isHttps = (rule: Value) => inside(rule, 'FromPort') === 443 && inside(rule, 'ToPort') === 443
  const isAllPorts = (rule: Value) => String(inside(rule, 'IpProtocol')) === '-1' && inside(rule, 'CidrIp') !== NOWHERE
  return [
    ...ingress.flatMap((rule) => unless(!isOpen(rule), 'Ingress', 'must not be open to the world')),
    ...egress.flatMap((rule) => unless(!isOpen(rule) || isHttps(rule), 'Egress', 'may reach the world by HTTPS only')),
    ...[...ingress, ...egress].flatMap((rule) => unless(!isAllPorts(rule), 'Rules', 'must name their ports')),
    ...unless(single || egress.length, 'SecurityGroupEgress', 'must be set: without it everything may go out'),
  ]
}

function distributionFaults({ properties }: Found): Fault[] {
  return [...entriesOf(properties)].flatMap(([path, key, value]) => {
    if (key === 'ViewerProtocolPolicy') return unless(value !== 'allow-all', path, 'must require HTTPS')
    if (key === 'OriginProtocolPolicy') return unless(value === 'https-only', path, 'must be https-only')
    if (key === 'OriginSSLProtocols')
      return unless(JSON.stringify(value) === '["TLSv1.2"]', path, 'must be TLSv1.2 and nothing older')
    if (key === 'MinimumProtocolVersion') return unless(value === 'TLSv1.2_2021', path, 'must be TLSv1.2_2021')
    return []
  })
}

function imageFaults({ properties }: Found): Fault[] {
  return [...entriesOf(properties)]
    .filter(([, key]) => key === 'ImageIdentifier' || key === 'Image')
    .flatMap(([path, , image]) => unless(JSON.stringify(image).includes('"@"'), path, 'must name a digest'))
}
