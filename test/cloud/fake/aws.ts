import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { cloudformation } from './cloudformation.ts'
import { fakeRegistry } from './registry.ts'
import { amplify, codebuild, ecr, iam, logs, rds, s3, s3api } from './services.ts'
import { type Cloud, type Json, type Request, SECRETS, type State } from './types.ts'

// An AWS account in memory behind an `aws` on PATH. It answers the calls of tooling/ as AWS would, keeps what it was
// told, writes every call down, and fails where the test says so.

class Refused extends Error {}

const SERVICES: Record<string, (request: Request) => Json> = {
  amplify,
  cloudformation,
  codebuild,
  ecr,
  iam,
  logs,
  rds,
  s3,
  s3api,
  configure: ({ state }) => state.configuredRegion,
  sts: () => ({ Account: '123456789012' }),
}

/** The command on PATH: bash hands its arguments to this process and prints what comes back. */
const command = (port: number) => `#!/bin/bash
exec 3<>/dev/tcp/127.0.0.1/${port}
printf '%s\\0' "$#" "$PWD" "$@" >&3
read -r code <&3
if [ "$code" = 0 ]; then cat <&3; else cat <&3 >&2; fi
exit "$code"
`

/** An account without anything in it, its \`aws\` first on PATH, and a fake npm beside it that writes npm.log. */
export async function startCloud(): Promise<Cloud> {
  const dir = mkdtempSync(join(tmpdir(), 'xmonitor-aws-'))
  const registry = await fakeRegistry(SECRETS.registry)
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    let text = ''
    socket.setEncoding('utf8').on('data', async (piece) => {
      text += piece
      const [count, cwd, ...args] = text.split('\0')
      if (args.length <= Number(count)) return
      socket.end(await answer(cloud, args.slice(0, Number(count)), cwd!))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  const bin = join(dir, 'bin')
  mkdirSync(bin)
  writeFileSync(join(bin, 'aws'), command((server.address() as AddressInfo).port), { mode: 0o755 })
  writeFileSync(join(bin, 'npm'), `#!/bin/sh\necho "npm $*" >> '${dir}/npm.log'\n`, { mode: 0o755 })
  const path = process.env.PATH
  process.env.PATH = `${bin}${delimiter}${path}`
  process.env.XMONITOR_POLL_SECONDS = '0'

  let seen = 0
  const cloud: Cloud = {
    dir,
    registry,
    state: emptyState(registry.host),
    calls: [],
    names() {
      const news = cloud.calls.slice(seen)
      seen = cloud.calls.length
      return news.map(({ service, operation, input }) => `${service} ${operation} ${input.StackName ?? ''}`.trim())
    },
    async stop() {
      process.env.PATH = path
      await registry.stop()
      server.close()
      rmSync(dir, { recursive: true, force: true })
    },
  }
  return cloud
}

function emptyState(host: string): State {
  return {
    stacks: {},
    builds: {},
    versions: {},
    versioning: true,
    logGroups: {},
    jobs: 0,
    jobEnd: 'SUCCEED',
    outputs: {
      RepositoryUri: `${host}/xmonitor`,
      Bucket: 'the-bucket',
      Image: 'aws/codebuild/standard:7.0',
      RunnerProject: 'the-runner',
      DependenciesProject: 'the-dependencies',
      ApiHost: 'https://api.example.test/',
      PageHost: 'main.page.example.test',
      EdgeHost: 'edge.example.test',
    },
    faults: {},
    failing: {},
    invalid: {},
    linked: ['rds.amazonaws.com'],
    failingBuilds: [],
    replaced: [],
    configuredRegion: '',
  }
}

/** The exit code, a line end, and what goes to stdout, or to stderr when it failed. */
async function answer(cloud: Cloud, args: string[], cwd: string): Promise<string> {
  const { state } = cloud
  const [service = '', operation = ''] = args
  const option = (name: string) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined)
  const input = JSON.parse(option('--cli-input-json') ?? '{}')
  const call = { args, service, operation, input }
  cloud.calls.push(call)
  const refuse = (code: string, text: string): never => {
    throw new Refused(`An error occurred (${code}) when calling the ${operation} operation: ${text}`)
  }
  try {
    const subject = `${service} ${operation} ${input.StackName ?? ''}`
    const fault = Object.keys(state.faults).find((each) => subject.startsWith(each))
    if (fault) {
      const message = state.faults[fault]
      delete state.faults[fault]
      throw new Refused(message)
    }
    const found = SERVICES[service]
    if (!found) throw new Error(`the fake knows no ${service}`)
    const given = await found({ ...call, cloud, cwd, state, region: option('--region') ?? '', refuse })
    return `0\n${typeof given === 'string' ? given : given === undefined ? '' : JSON.stringify(given)}`
  } catch (error) {
    return `254\n\n${error instanceof Refused ? error.message : (error as Error).stack}\n`
  }
}
