import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { test } from 'uvu'
import { deploy } from '../../tooling/lib/cloud/deployment.ts'
import { destroy } from '../../tooling/lib/cloud/destruction.ts'
import { environment } from '../../tooling/lib/cloud/plan.ts'
import { move } from '../../tooling/lib/cloud/remote-migrate.ts'
import { STEP_NAMES as STEPS } from '../../tooling/lib/cloud/steps.ts'
import { generate } from '../../tooling/lib/samples/generate.ts'
import { type Call, startCloud } from './fake/aws.ts'
import { capture, plainEnvironment } from './support.ts'

// The fake aws takes any arguments; the real one, where it is installed, is asked whether it would take ours. It talks to
// a server here that refuses everything, so what comes back tells whether a call got through its own checks.

const REGION = 'eu-central-1'
const path = process.env.PATH
const installed = spawnSync('aws', ['--version'], { encoding: 'utf8' }).status === 0
if (!installed) console.log('skipped: the AWS CLI is not installed, which would check the arguments of every call')
const maybe = installed ? test : test.skip

maybe('the AWS CLI takes every call of deploy, cloud:migrate and destroy', async () => {
  const cloud = await startCloud()
  const endpoint = createServer((request, response) => {
    let body = ''
    request.on('data', (part) => {
      body += part
    })
    request.on('end', () => {
      const xml =
        /^Action=|&Action=/.test(body) || !(request.headers['x-amz-target'] || request.url?.startsWith('/apps'))
      if (xml) response.writeHead(400, { 'content-type': 'text/xml' }).end(xmlError(request.headers['content-type']))
      else
        response
          .writeHead(400, { 'x-amzn-errortype': 'Reached' })
          .end('{"__type":"Reached","message":"it got through"}')
    })
  })
  await new Promise<void>((resolve) => endpoint.listen(0, '127.0.0.1', resolve))
  try {
    const calls = await everyCall(cloud)
    assert.ok(calls.length > 20, `${calls.length} kinds of calls`)
    const { port } = endpoint.address() as AddressInfo
    const refused: string[] = []
    const queue = [...calls]
    const work = async () => {
      for (let call = queue.shift(); call; call = queue.shift()) {
        const said = await askReal(call.args, port, cloud.dir)
        if (!/it got through|\(400\)/.test(said)) refused.push(`aws ${call.service} ${call.operation}: ${said}`)
      }
    }
    await Promise.all([work(), work()])
    assert.deepEqual(refused, [])
    const wrong = ['sts', 'get-caller-identity', '--cli-input-json', '{"Acount":"x"}', '--region', REGION]
    assert.ok(!(await askReal(wrong, port, cloud.dir)).includes('it got through'))
  } finally {
    endpoint.close()
    endpoint.closeAllConnections()
    await cloud.stop()
  }
})

/** One call of each kind: the same operation with other inputs counts as one when they name the same things. */
async function everyCall(cloud: Awaited<ReturnType<typeof startCloud>>): Promise<Call[]> {
  mkdirSync(join(cloud.dir, 'page'))
  writeFileSync(join(cloud.dir, 'page/index.html'), '')
  const plan = {
    image: cloud.registry.image,
    page: join(cloud.dir, 'page'),
    dryRun: false,
    confirm: async () => {},
    folder: join(cloud.dir, 'data'),
  }
  cloud.state.failingBuilds = ['FAILED']
  const { error } = await capture(async () => {
    const place = () => environment('staging', 'ecs-express', REGION)
    await deploy({ ...plan, environment: place(), steps: [...STEPS] }).catch(() => {})
    await deploy({ ...plan, environment: place(), steps: [...STEPS] })
    await deploy({
      ...plan,
      environment: plainEnvironment(cloud.dir, 'trial', 'ecs-express', REGION),
      steps: ['alerts', 'network', 'database'],
    })
    cloud.state.failing['xmonitor-trial-registry'] = 'No'
    await deploy({
      ...plan,
      environment: plainEnvironment(cloud.dir, 'trial', 'ecs-express', REGION),
      steps: ['registry'],
    }).catch(() => {})
    generate({ file: join(cloud.dir, 'monitor.db'), posts: 5 })
    await move(place(), join(cloud.dir, 'monitor.db'), join(cloud.dir, 'data'))
    await destroy('staging', REGION, { only: undefined, yes: true })
  })
  assert.equal(error, undefined)
  const kinds = new Map(cloud.calls.map((call) => [kind(call), call]))
  return [...kinds.values()].filter(({ service }) => service !== 'configure')
}

function kind({ args, service, operation, input }: Call): string {
  return [service, operation, ...Object.keys(input).sort(), ...args.filter((arg) => arg.startsWith('--'))].join(' ')
}

function askReal(args: string[], port: number, cwd: string): Promise<string> {
  const env = {
    PATH: path,
    HOME: cwd,
    AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'x',
    AWS_MAX_ATTEMPTS: '1',
    AWS_PAGER: '',
    AWS_EC2_METADATA_DISABLED: 'true',
  }
  return new Promise((resolve) =>
    execFile('aws', [...args, '--endpoint-url', `http://127.0.0.1:${port}`], { env, cwd }, (_, stdout, stderr) =>
      resolve(`${stdout}${stderr}`.trim()),
    ),
  )
}

/** S3 shapes its errors otherwise than the others that speak XML. */
function xmlError(contentType = ''): string {
  const inner = '<Error><Code>Reached</Code><Message>it got through</Message></Error>'
  return contentType.includes('urlencoded') ? `<ErrorResponse>${inner}</ErrorResponse>` : inner
}

test.run()
