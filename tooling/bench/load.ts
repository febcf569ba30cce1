import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'
import { requestsPerSecond } from './load-in-process.ts'

type Options = { connections?: number; seconds: number }

/** What sends the requests of the bench. */
export type Load = {
  name: string
  /** Of one GET over kept-alive connections, each sending its next request when it has its answer. */
  requestsPerSecond: (url: string, options: Options) => Promise<number>
}

type Tool = {
  args: (url: string, connections: number, seconds: number) => string[]
  /** Undefined if there was anything but answers with a 2xx status. */
  rateIn: (output: string) => number | undefined
}

/** Programs that send from outside the process that serves. Inside, the load takes some of the time that it measures. */
const TOOLS: Record<string, Tool> = {
  wrk: {
    args: (url, connections, seconds) => ['-t1', `-c${connections}`, `-d${seconds}s`, url],
    rateIn(output) {
      const rate = /^Requests\/sec: +([\d.]+)$/m.exec(output)?.[1]
      return rate && !/Non-2xx|Socket errors/.test(output) ? Number(rate) : undefined
    },
  },
  autocannon: {
    args: (url, connections, seconds) => ['--json', '-c', `${connections}`, '-d', `${seconds}`, url],
    rateIn(output) {
      const { duration, errors, non2xx, '2xx': answers } = JSON.parse(output)
      return answers && !errors && !non2xx ? answers / duration : undefined
    },
  },
}

/** What can send requests on this machine, best first. */
export function findLoads(): [Load, ...Load[]] {
  const installed = Object.keys(TOOLS).filter((name) => !spawnSync(name, ['--version']).error)
  const [best, ...others] = installed.map((name) => ({ name, requestsPerSecond: runTool(name, TOOLS[name]!) }))
  const inProcess = { name: "the bench's own process (neither wrk nor autocannon is installed)", requestsPerSecond }
  return best ? [best, ...others, inProcess] : [inProcess]
}

function runTool(program: string, { args, rateIn }: Tool): Load['requestsPerSecond'] {
  return async (url, { connections = 32, seconds }) => {
    // wrk takes whole seconds only.
    const { stdout } = await promisify(execFile)(program, args(url, connections, Math.ceil(seconds)))
    const rate = rateIn(stdout)
    if (!rate) throw new Error(`Not an answer to measure, from ${url}\n${stdout}`)
    return rate
  }
}
