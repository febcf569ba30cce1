import { $ } from 'zx'
import { Failure } from '../errors.ts'

/** The AWS CLI in one region: every call goes through here, so that one place knows how it fails. */
export type Aws = {
  region: string
  /** `aws SERVICE OPERATION` with its input as JSON; gives what it prints as JSON. */
  call: <T = Record<string, never>>(service: string, operation: string, input?: object, ...more: string[]) => Promise<T>
  /** The same, and undefined where the thing asked for does not exist. */
  find: <T>(service: string, operation: string, input: object) => Promise<T | undefined>
  /** `aws ARGUMENTS` for what has no JSON input, such as `s3 cp`; gives the text it prints. */
  text: (...args: string[]) => Promise<string>
}

const MISSING =
  /does not exist|Not Found|NoSuch|\(404\)|ResourceNotFoundException|ImageNotFoundException|ChangeSetNotFound/

/** What to do next, by what the CLI complained about. */
const NEXT_STEPS: [complaint: RegExp, next: string][] = [
  [
    /Unable to locate credentials|NoCredentials|could not be found|config profile/,
    'Log in: aws configure sso, or set AWS_PROFILE.',
  ],
  [/Expired|token.*(expired|invalid)|InvalidClientTokenId|Token has expired/i, 'Log in again: aws sso login.'],
  [/AccessDenied|not authorized|UnauthorizedOperation/, 'docs/aws.md lists what the deploying role may do.'],
  [/Could not connect|EndpointConnectionError|Connect timeout/, 'Check the network and the region.'],
  [/Throttling|TooManyRequests|Rate exceeded/, 'Wait a minute and run it again; what is done stays done.'],
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

/** The region asked for, else the one the AWS CLI is set to. */
export async function regionOf(asked: string | undefined): Promise<string> {
  const region = asked || process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION || (await configuredRegion())
  if (region) return region
  throw new Failure('No region is named.', 'Give one: --region eu-central-1, or set AWS_REGION.', 2)
}

/** Seconds between two looks at something that takes its time. */
function pollSeconds(): number {
  return Number(process.env.XMONITOR_POLL_SECONDS ?? 5)
}

/** Looks again and again until `look` gives something. */
export async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    await new Promise((resolve) => setTimeout(resolve, pollSeconds() * 1000))
  }
}

async function configuredRegion(): Promise<string> {
  try {
    return (await run(['configure', 'get', 'region'])).trim()
  } catch (error) {
    // The CLI says by its exit code alone that no region is set.
    if (error instanceof Failure && error.exitCode === 1) return ''
    throw error
  }
}

async function run(args: string[]): Promise<string> {
  // Quiet: zx would print the call and, worse, what it answered.
  const { exitCode, stdout, stderr } = await $({
    quiet: true,
    nothrow: true,
    env: { ...process.env, AWS_PAGER: '' },
  })`aws ${args}`
  if (exitCode === 0) return stdout
  if (exitCode === 127 || /ENOENT|command not found/.test(stderr))
    throw new Failure('There is no aws command.', 'Install the AWS CLI 2, or add it to PATH: aws.amazon.com/cli.', 2)
  const complaint = stderr.trim().replace(/^An error occurred /, '') || `exit code ${exitCode}`
  const [, next] = NEXT_STEPS.find(([pattern]) => pattern.test(complaint)) ?? []
  const what = args
    .filter((arg) => !arg.startsWith('-'))
    .slice(0, 2)
    .join(' ')
  throw new Failure(`aws ${what}: ${complaint}`, next ?? 'Mend it and run it again; what is done stays done.')
}
