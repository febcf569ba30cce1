import { readFileSync } from 'node:fs'
import { decodeJwt } from 'jose'
import { judge, type Known, type Target, type Verdict } from './lib/api/contract.ts'
import { PRIVATE_READS } from './lib/api/contract-private.ts'
import { ORIGIN_READ, READS, TOKEN_READ } from './lib/api/contract-reads.ts'
import { judgeClient } from './lib/api/judge-client.ts'
import { command } from './lib/cli.ts'
import { Failure } from './lib/errors.ts'
import { count, print, progress } from './lib/output.ts'

await command({
  name: 'smoke',
  about: 'Checks a running API with the read-only calls of its contract and prints a checklist.',
  options: {
    url: { about: 'the URL of the site, or of PostgREST itself', value: 'URL', required: true },
    origin: {
      about: "the API's own addresses behind that site, to check that they answer its edge alone",
      value: 'URL,...',
    },
    'token-file': {
      about:
        'a file with a token for ingest, to check that it is accepted, or for reader, to read a private feed (default: XMONITOR_TOKEN)',
      value: 'FILE',
    },
  },
  example: '--url http://localhost:8080',
  async run({ url, origin, 'token-file': tokenFile }) {
    const origins = origin?.split(',').map((each) => checkedUrl(each, '--origin')) ?? []
    const token = tokenFile ? readToken(tokenFile) : process.env.XMONITOR_TOKEN || undefined
    const target = { ...(await locate(url)), token }
    const isPrivate = (await request(`${target.api}/rpc/stats`)).status === 401
    if (isPrivate && !token)
      progress('This feed is private. To check what it has, give a token: npm run token -- --role reader')
    const known: Known = {}
    const calls: Verdict[] = []
    for (const call of [...(isPrivate ? PRIVATE_READS : READS), ...(mayWrite(token) ? [TOKEN_READ] : [])])
      calls.push(await judge(target, call, known))
    // An open feed is read without a token: one that may only write cannot read.
    if (!isPrivate || token) calls.push(await judgeClient(target.api, isPrivate ? token : undefined))
    for (const api of origins) calls.push(await judge({ api }, ORIGIN_READ))
    if (calls.some(({ outcome }) => outcome === 'failed')) process.exitCode = 1
    return { url, calls }
  },
  show({ url, calls }) {
    const marks = { passed: '✓', failed: '✗', skipped: '-' }
    for (const { name, outcome, why } of calls) print([`${marks[outcome]} ${name}`, ...lines(why)].join('\n    '))
    const total = (outcome: Verdict['outcome']) => count(calls.filter((call) => call.outcome === outcome).length)
    print(`\n${url}: ${total('passed')} passed, ${total('failed')} failed, ${total('skipped')} skipped`)
  },
})

/** The lines of a reason, without empty ones. */
function lines(text = ''): string[] {
  return text.split('\n').filter((line) => line.trim())
}

/** Never on the command line, which every user of the machine can read. */
function readToken(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    throw new Failure(`The token file cannot be read: ${(error as Error).message}.`, 'Check --token-file.', 2)
  }
}

/** A token for reader may not; of one that cannot be read, the API says what is wrong. */
function mayWrite(token: string | undefined): boolean {
  try {
    return token !== undefined && decodeJwt(token).role !== 'reader'
  } catch {
    return true
  }
}

function request(url: string): Promise<Response> {
  return fetch(url, { signal: AbortSignal.timeout(15_000) })
}

/** A site has /api, and /v1 if its edge is there; PostgREST itself has its paths at the root. */
async function locate(given: string): Promise<Target> {
  const url = checkedUrl(given, '--url')
  const answers = async (path: string) => {
    const response = await request(url + path)
    return response.ok && response.headers.get('content-type')?.includes('json')
  }
  try {
    if (await answers('/v1/health')) return { api: `${url}/api`, v1: `${url}/v1` }
    if (await answers('/api/health')) return { api: `${url}/api` }
    if (await answers('/health')) return { api: url }
  } catch (error) {
    const { message, cause } = error as Error
    throw new Failure(`${url} does not answer: ${(cause as Error | undefined)?.message ?? message}.`, 'Is it running?')
  }
  throw new Failure(
    `${url} has no API at /v1/health, /api/health or /health.`,
    'Use the URL of the site, without a path.',
  )
}

function checkedUrl(given: string, option: string): string {
  if (!/^https?:\/\//.test(given) || !URL.canParse(given))
    throw new Failure(`Invalid ${option} '${given}'.`, `Use a URL such as ${option} https://xmonitor.example`, 2)
  return given.replace(/\/+$/, '')
}
