import { $ } from 'zx'
import { Failure } from '../errors.ts'
import { count, progress } from '../output.ts'

/** The AWS CLI in one region. Every call goes through here, so one place handles its failures. */
export type Aws = {
  region: string
  /** `aws SERVICE OPERATION` with its input and its output as JSON. */
  call: <T = Record<string, never>>(service: string, operation: string, input?: object, ...more: string[]) => Promise<T>
  /** The same; undefined if what it asks for does not exist. */
  find: <T>(service: string, operation: string, input: object) => Promise<T | undefined>
  /** `aws ARGUMENTS` for commands without JSON input, such as `s3 cp`; returns their output. */
  text: (...args: string[]) => Promise<string>
}

const MISSING =
  /does not exist|Not Found|NoSuch|\(404\)|ResourceNotFoundException|ImageNotFoundException|ChangeSetNotFound/

/** The next step for each kind of error. */
const NEXT_STEPS: [error: RegExp, next: string][] = [
  [
    /Unable to locate credentials|NoCredentials|could not be found|config profile/,
    'Log in: aws configure sso, or set AWS_PROFILE.',
  ],
  [/Expired|token.*(expired|invalid)|InvalidClientTokenId|Token has expired/i, 'Log in again: aws sso login.'],
  [/AccessDenied|not authorized|UnauthorizedOperation/, 'docs/aws.md lists the permissions it needs.'],
  [/Could not connect|EndpointConnectionError|Connect timeout/, 'Check the network and the region.'],
  [
    /AccountLimitExceeded/,
    'New accounts may run one build at a time, or none. Ask for more in Service Quotas (AWS CodeBuild, concurrently running builds for Linux/Small environment), then run the command again.',
  ],
  [/Throttling|TooManyRequests|Rate exceeded/, 'Wait a minute and run the command again; finished steps are kept.'],
]

export function awsIn(region: string): Aws {
  const text = (...args: string[]) => run([...args, '--region', region])
  const call = async (service: string, operation: string, input: object = {}, ...more: string[]) => {
    const printed = await text(
      service,
      operation,
      '--cli-input-json',
      JSON.stringify(input),
      '--output',
      'json',
      ...more,
    )
    return printed.trim() ? JSON.parse(printed) : {}
  }
  return {
    region,
    text,
    call,
    async find(service, operation, input) {
      try {
        return await call(service, operation, input)
      } catch (error) {
        if (error instanceof Failure && MISSING.test(error.fact)) return
        throw error
      }
    },
  }
}

/** The region given, else the one the AWS CLI is configured for. */
export async function regionOf(asked: string | undefined): Promise<string> {
  const region = asked || process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION || (await configuredRegion())
  if (region) return region
  throw new Failure('No AWS region configured.', 'Pass --region, or set AWS_REGION: export AWS_REGION=eu-central-1.', 2)
}

/** Seconds between two polls. */
function pollSeconds(): number {
  return Number(process.env.XMONITOR_POLL_SECONDS ?? 5)
}

const MINUTE = 60_000

/** What is polled: the result once it is there, else the status to report. */
type Polled<T> = { result: T } | { status: string }

/** Polls until there is a result. Reports every minute that it still waits; gives up at the deadline. */
export async function waitFor<T>(what: string, minutes: number, poll: () => Promise<Polled<T>>): Promise<T> {
  const begin = Date.now()
  let reported = 0
  for (;;) {
    const polled = await poll()
    if ('result' in polled) return polled.result
    const waited = Math.floor((Date.now() - begin) / MINUTE)
    if (waited >= minutes)
      throw new Failure(
        `${what} is still ${polled.status} after ${count(waited)} minutes.`,
        'See it in the console. Running the command again goes on waiting.',
      )
    if (waited > reported) progress(`  ${what} is ${polled.status}, ${count(waited)} min`)
    reported = waited
    await new Promise((resolve) => setTimeout(resolve, pollSeconds() * 1000))
  }
}

async function configuredRegion(): Promise<string> {
  try {
    return (await run(['configure', 'get', 'region'])).trim()
  } catch (error) {
    // The CLI reports by its exit code alone that no region is set.
    if (error instanceof Failure && error.exitCode === 1) return ''
    throw error
  }
}

async function run(args: string[]): Promise<string> {
  // Quiet: zx would print the call and its answer, which may be a password.
  const { exitCode, stdout, stderr } = await $({
    quiet: true,
    nothrow: true,
    env: { ...process.env, AWS_PAGER: '' },
  })`aws ${args}`
  if (exitCode === 0) return stdout
  if (exitCode === 127 || /ENOENT|command not found/.test(stderr))
    throw new Failure(
      'The aws command was not found.',
      'Install the AWS CLI 2, or add it to PATH: https://aws.amazon.com/cli',
      2,
    )
  const message = stderr.trim().replace(/^An error occurred /, '') || `exit code ${exitCode}`
  const [, next] = NEXT_STEPS.find(([pattern]) => pattern.test(message)) ?? []
  const what = args
    .filter((arg) => !arg.startsWith('-'))
    .slice(0, 2)
    .join(' ')
  throw new Failure(`aws ${what}: ${message}`, next ?? 'Fix it and run the command again; finished steps are kept.')
}
