import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { test } from 'uvu'
import { parse } from 'yaml'
import { cloudFrontCode } from '../../tooling/lib/cloud/cloudfront-function.ts'
import { refreshTables } from '../../tooling/lib/cloud/parameter-tables.ts'
import { parameterFault } from '../../tooling/lib/cloud/parameters.ts'
import { refreshBlocks } from '../../tooling/lib/cloud/shared-blocks.ts'
import {
  inside,
  readTemplates,
  type Section,
  section,
  TEMPLATES,
  type Template,
  type Value,
} from '../../tooling/lib/cloud/template.ts'
import { schemaFaults } from './schemas.ts'
import { at, changed } from './support.ts'

const templates = readTemplates()

function named(name: string): Template {
  return templates.find((template) => template.name === name)!
}

test("every resource has the properties of AWS's schema, and no others", () => {
  assert.equal(templates.length, 11)
  for (const template of templates) assert.deepEqual(schemaFaults(template), [], template.name)
  const faults = (path: string, value: string | undefined) =>
    schemaFaults(changed(named('network'), path.split('/'), value))
  assert.deepEqual(faults('Resources/Vpc/Properties/CidrBlok', 'x'), ['Vpc.Properties.CidrBlok is unknown'])
  assert.deepEqual(faults('Resources/S3Endpoint/Properties/VpcId', undefined), [
    'S3Endpoint.Properties.VpcId is missing',
  ])
  assert.deepEqual(faults('Resources/Vpc/Type', 'AWS::EC2::Vcp'), ['Vpc: AWS has no AWS::EC2::Vcp'])
  assert.deepEqual(
    schemaFaults(
      changed(named('runner'), 'Resources/Bucket/Properties/LifecycleConfiguration/Rules/0/Idd'.split('/'), 'x'),
    ),
    ['Bucket.Properties.LifecycleConfiguration.Rules.0.Idd is unknown'],
  )
})

test('what one template imports another exports, and nothing is exported in vain', () => {
  const text = templates.map((template) => JSON.stringify(template.body)).join()
  const imports = [...text.matchAll(/"Fn::ImportValue":\{"Fn::Sub":"\$\{(\w+)Stack\}-(\w+)"\}/g)]
  const exports = templates.flatMap((template) =>
    Object.entries(section(template, 'Outputs')).flatMap(([id, output]) => {
      const { Export } = output as Section
      if (!Export) return []
      assert.deepEqual(Export, { Name: { 'Fn::Sub': `\${AWS::StackName}-${id}` } }, id)
      return [`${template.name}-${id}`]
    }),
  )
  const imported = new Set(imports.map(([, stack, id]) => `${stack!.toLowerCase()}-${id}`))
  assert.deepEqual([...imported].sort(), exports.sort())
})

test('every parameter is described, bounded, and in one group of the console; defaults keep the bounds', () => {
  for (const template of templates) {
    const parameters = section(template, 'Parameters')
    for (const [name, parameter] of Object.entries(parameters as Record<string, Section>)) {
      assert.ok(parameter.Description, name)
      assert.ok(parameter.AllowedValues ?? parameter.AllowedPattern ?? parameter.MinValue !== undefined, name)
      if (parameter.Default !== undefined)
        assert.equal(parameterFault(parameter, String(parameter.Default)), undefined, name)
    }
    const groups = at(template, 'Metadata/AWS::CloudFormation::Interface/ParameterGroups') as Section[]
    const listed = groups.flatMap(({ Parameters }) => Parameters as string[])
    assert.deepEqual(listed.sort(), Object.keys(parameters).sort(), template.name)
  }
})

test('the firewall takes a limit that WAF takes', () => {
  const limit = at(named('edge'), 'Parameters/RateLimit') as Section
  for (const [value, ok] of Object.entries({
    0: true,
    9: false,
    10: true,
    3000: true,
    1999999999: true,
    20000000000: false,
  }))
    assert.equal(parameterFault(limit, value) === undefined, ok, value)
})

test('CloudFront sends /v1 and /api, and all below them, to the API by the same rules', () => {
  const config = at(named('edge'), 'Resources/Distribution/Properties/DistributionConfig') as Section
  const behaviors = config.CacheBehaviors as Section[]
  // The first that fits is taken: writes come before the rest.
  assert.deepEqual(
    behaviors.map(({ PathPattern }) => PathPattern),
    ['/v1/ingest/*', '/api/rpc/ingest_*', '/v1', '/v1/*', '/api', '/api/*'],
  )
  const rules = behaviors.map(({ PathPattern, TargetOriginId, ...rest }) => rest)
  for (const each of rules) assert.deepEqual(each, rules[0])
  // More than the 30 s that a statement of ingest may take.
  assert.equal(
    at(
      named('edge'),
      'Resources/Distribution/Properties/DistributionConfig/Origins/1/CustomOriginConfig/OriginReadTimeout',
    ),
    60,
  )
})

test('what comes past the edge lacks its mark, which both sides take from the same stack', () => {
  for (const name of ['api-apprunner', 'api-ecs-express']) {
    const template = named(name)
    const key = at(template, 'Outputs/OriginKey/Value')
    const setting = JSON.stringify({ Name: 'PGRST_APP_SETTINGS_EDGE_KEY', Value: key })
    assert.ok(JSON.stringify(at(template, 'Resources/Service')).includes(setting), name)
    const marks = found(at(template, 'Resources/Firewall')!, 'ByteMatchStatement')
    assert.equal(marks.length, 2)
    for (const { FieldToMatch, PositionalConstraint, SearchString } of marks) {
      assert.equal(PositionalConstraint, 'EXACTLY')
      assert.deepEqual(SearchString, key)
      const name = ((FieldToMatch as Section).SingleHeader as Section).Name
      const origin = 'Resources/Distribution/Properties/DistributionConfig/Origins/1/OriginCustomHeaders'
      assert.deepEqual(at(named('edge'), origin), [{ HeaderName: name, HeaderValue: { Ref: 'OriginKey' } }])
    }
  }
})

/** Everything under this key, at any depth. */
function found(value: Value, key: string): Section[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) => [
    ...(name === key ? [inner as Section] : []),
    ...found(inner as Value, key),
  ])
}

test('every alarm says what to do with missing data, and reaches somebody', () => {
  for (const template of templates)
    for (const [id, resource] of Object.entries(section(template, 'Resources') as Record<string, Section>)) {
      if (resource.Type !== 'AWS::CloudWatch::Alarm') continue
      const { AlarmActions, OKActions, TreatMissingData, AlarmDescription } = resource.Properties as Section
      assert.ok(TreatMissingData && AlarmDescription, id)
      assert.match(JSON.stringify(AlarmActions), /"Fn::ImportValue":.*AlertsStack}-TopicArn/, id)
      assert.deepEqual(OKActions, AlarmActions, id)
    }
})

test('a template is small enough to be sent as text', () => {
  for (const { name, text } of templates) assert.ok(Buffer.byteLength(text) <= 51_200, name)
})

test('what a template shares with another file is the same in both', () => {
  for (const { name, text } of templates) assert.equal(text, refreshBlocks(text), `${name}.yaml: run npm run templates`)
  const blocks = templates.flatMap(({ text }) => [...text.matchAll(/# From (\S+) \(npm run templates\)/g)])
  assert.equal(blocks.length, 4)
})

test('both computes take the same and give the same', () => {
  const [one, other] = [named('api-apprunner'), named('api-ecs-express')]
  for (const part of ['Parameters', 'Metadata', 'Mappings']) assert.deepEqual(one.body[part], other.body[part])
  assert.deepEqual(Object.keys(one.body.Outputs as Section), Object.keys(other.body.Outputs as Section))
})

test('PostgREST gets the settings of infra/postgrest.env and listens where the health check asks', () => {
  const wanted = parseEnv(readFileSync('infra/postgrest.env', 'utf8'))
  assert.ok(Object.keys(wanted).length > 5)
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
    const anonymous = { 'Fn::If': ['IsPrivate', 'web_closed', wanted.PGRST_DB_ANON_ROLE!] }
    assert.deepEqual(Object.fromEntries(given), { ...wanted, PGRST_DB_ANON_ROLE: anonymous })
    assert.equal(String(at(named(name), port)), wanted.PGRST_SERVER_PORT)
  }
})

test('the connections of a deployment, when twice the instances run, stay below the alarm and the alarm below the limit', () => {
  const pool = Number(parseEnv(readFileSync('infra/postgrest.env', 'utf8')).PGRST_DB_POOL)
  /** What RDS allows by default: its memory in bytes less its own, by 9,531,392. A micro has been seen with 79. */
  const limits: Record<string, number> = { 'db.t4g.micro': 79, 'db.t4g.small': 158, 'db.t4g.medium': 316 }
  for (const env of ['defaults', 'staging', 'production']) {
    const given = env === 'defaults' ? {} : JSON.parse(readFileSync(`infra/parameters/${env}.json`, 'utf8'))
    const value = (template: string, stack: string, name: string) =>
      given[stack]?.[name] ?? (at(named(template), `Parameters/${name}/Default`) as string)
    const connections = 2 * Number(value('api-ecs-express', 'api', 'MaxInstances')) * (pool + 1)
    const alarm = Number(value('database', 'database', 'ConnectionsAlarm'))
    assert.ok(connections < alarm, `${env}: ${connections} connections`)
    assert.ok(alarm < limits[value('database', 'database', 'InstanceClass')]! * 0.8, `${env}: the alarm at ${alarm}`)
  }
})

test('a database that is restored brings along what cannot be given with a snapshot', () => {
  for (const [resource, names] of Object.entries({
    Instance: [
      'DBName',
      'MasterUsername',
      'StorageEncrypted',
      'DeleteAutomatedBackups',
      'PerformanceInsightsRetentionPeriod',
    ],
    Cluster: ['DatabaseName', 'MasterUsername', 'StorageEncrypted', 'DeleteAutomatedBackups'],
  }))
    for (const name of names) {
      const value = at(named('database'), `Resources/${resource}/Properties/${name}/Fn::If`) as Value[]
      assert.deepEqual(value?.slice(0, 2), ['IsRestored', { Ref: 'AWS::NoValue' }], `${resource}.${name}`)
    }
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
  const [separator, [first, rest]] = at(named('edge'), 'Resources/V1Function/Properties/FunctionCode/Fn::Join') as [
    string,
    [Value, string],
  ]
  assert.equal(separator, '\n')
  assert.match(String(inside(first, 'Fn::Sub')), /^const PRIVATE = '\$\{Private\}'$/)
  assert.equal(rest, cloudFrontCode())
})

test('CloudFront never answers one token with what it keeps for another, or for none', () => {
  const policy = at(named('edge'), 'Resources/ApiCache/Properties/CachePolicyConfig') as Section
  assert.deepEqual([policy.MinTTL, policy.DefaultTTL], [0, 0], 'it keeps only what the API says it may')
  const headers = inside(policy, 'ParametersInCacheKeyAndForwardedToOrigin', 'HeadersConfig', 'Headers') as string[]
  assert.ok(headers.includes('Authorization'), 'the token is in the cache key')
  const behaviors = at(
    named('edge'),
    'Resources/Distribution/Properties/DistributionConfig/CacheBehaviors',
  ) as Section[]
  for (const { PathPattern, CachePolicyId } of behaviors)
    assert.deepEqual(CachePolicyId, { Ref: 'ApiCache' }, `${PathPattern}`)
  const logged = at(named('edge'), 'Resources/AccessLogDelivery/Properties/RecordFields') as string[]
  assert.ok(!logged.some((name) => /query|cookie|referer/i.test(name)), 'an address may have a token in it')
})

test('the README lists every parameter and every output as the templates have them', () => {
  const readme = readFileSync(join(TEMPLATES, 'README.md'), 'utf8')
  assert.equal(readme, refreshTables(readme, templates), 'run npm run templates')
  // Both templates of the API take and give the same.
  for (const { name } of templates) if (name !== 'api-apprunner') assert.ok(readme.includes(`From ${name}.yaml`), name)
})

const cfnLint = spawnSync('cfn-lint', ['--version'], { encoding: 'utf8' }).status === 0
if (!cfnLint) console.log('skipped: cfn-lint is not installed, which checks values, references and conditions')
const maybe = cfnLint ? test : test.skip

maybe('cfn-lint finds nothing in the templates as they are', () => {
  const { stdout, status } = spawnSync('cfn-lint', ['--', `${TEMPLATES}/*.yaml`], { encoding: 'utf8' })
  assert.equal(stdout, '')
  assert.equal(status, 0)
})

test.run()
