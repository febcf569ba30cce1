import { judge, type Known, type Target, type Verdict } from './lib/api/contract.ts'
import { READS, TOKEN_READ } from './lib/api/contract-reads.ts'
import { command } from './lib/cli.ts'
import { Failure } from './lib/errors.ts'
import { count, print } from './lib/output.ts'

await command({
  name: 'smoke',
  about: 'Asks a running API the calls of its contract that change nothing, and prints a checklist.',
  options: {
    url: { about: 'the address of the site, or of PostgREST itself', value: 'URL', required: true },
    token: { about: 'a token for ingest (npm run token), to see that it is taken', value: 'TOKEN' },
  },
  async run({ url, token }) {
    const target = { ...(await find(url)), token }
    const known: Known = {}
    const calls: Verdict[] = []
    for (const call of [...READS, ...(token ? [TOKEN_READ] : [])]) calls.push(await judge(target, call, known))
    if (calls.some(({ outcome }) => outcome === 'failed')) process.exitCode = 1
    return { url, calls }
  },
  show({ url, calls }) {
    const marks = { passed: '✓', failed: '✗', 'left out': '-' }
    for (const { name, outcome, why } of calls) print([`${marks[outcome]} ${name}`, ...lines(why)].join('\n    '))
    const total = (outcome: Verdict['outcome']) => count(calls.filter((call) => call.outcome === outcome).length)
    print(`\n${url}: ${total('passed')} passed, ${total('failed')} failed, ${total('left out')} left out`)
  },
})

/** Without the empty ones of a comparison. */
function lines(text = ''): string[] {
  return text.split('\n').filter((line) => line.trim())
}

/** A site has /v1 and /api; PostgREST has neither, and its own paths at the root. */
async function find(given: string): Promise<Target> {
  if (!/^https?:\/\//.test(given) || !URL.canParse(given))
    throw new Failure(`--url is '${given}'.`, 'Give an address: --url https://xmonitor.example', 2)
  const url = given.replace(/\/+$/, '')
  const answers = async (path: string) => {
    const response = await fetch(url + path, { signal: AbortSignal.timeout(15_000) })
    return response.ok && response.headers.get('content-type')?.includes('json')
  }
  try {
    if (await answers('/v1/health')) return { api: `${url}/api`, v1: `${url}/v1` }
    if (await answers('/health')) return { api: url }
  } catch (error) {
    const { message, cause } = error as Error
    throw new Failure(`${url} does not answer: ${(cause as Error | undefined)?.message ?? message}.`, 'Is it running?')
  }
  throw new Failure(`${url} answers neither /v1/health nor /health.`, 'Give the address of the site, without a path.')
}
