import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'uvu'
import { everyCall } from './every-call.ts'
import { startCloud } from './fake/aws.ts'

// The fake aws takes any arguments; the real one, where it is installed, is asked whether it would take ours. It talks to
// a server here that refuses everything, so what comes back tells whether a call got through its own checks.

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
    const wrong = ['sts', 'get-caller-identity', '--cli-input-json', '{"Acount":"x"}', '--region', 'eu-central-1']
    assert.ok(!(await askReal(wrong, port, cloud.dir)).includes('it got through'))
  } finally {
    endpoint.close()
    endpoint.closeAllConnections()
    await cloud.stop()
  }
})

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
