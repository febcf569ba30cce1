import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

const LOCAL = '127.0.0.1'

/** A free port of 127.0.0.1: the wished one or the next free above it (then it says who holds the wished one); any without a wish. */
export async function freePort(wish?: number, say: (text: string) => void = () => {}): Promise<number> {
  if (wish === undefined) return (await tryPort(0))!
  for (let port = wish; port < Math.min(wish + 100, 65536); port++) {
    if (!(await tryPort(port))) continue
    if (port !== wish) say(`Port ${wish} is held by ${portHolder(wish)}; taking ${port}.`)
    return port
  }
  return (await tryPort(0))!
}

/** Whether a process runs; one that has ended and whose parent has not looked after it (a zombie) does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  return commandLine(pid) !== ''
}

/** The command line of a process, its words divided by one space; empty where there is none to be read. */
export function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
  } catch {
    return spawnSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout?.trim() ?? ''
  }
}

/** Waits until the process is gone; false when it is still there after that time. */
export async function waitUntilGone(pid: number, milliseconds: number): Promise<boolean> {
  for (const end = Date.now() + milliseconds; Date.now() < end; await sleep(20)) if (!isAlive(pid)) return true
  return !isAlive(pid)
}

/** Who listens on a port, in words: 'nginx (process 321)', or 'another process' where the system does not tell. */
function portHolder(port: number): string {
  const lsof = spawnSync('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'], { encoding: 'utf8' }).stdout ?? ''
  const [, pid, name] = lsof.match(/^p(\d+)\nc(.+)$/m) ?? []
  if (pid) return `${name} (process ${pid})`

  const ss = spawnSync('ss', ['-Hltnp', `sport = :${port}`], { encoding: 'utf8' }).stdout ?? ''
  const [, program, id] = ss.match(/users:\(\("([^"]+)",pid=(\d+)/) ?? []
  return id ? `${program} (process ${id})` : 'another process'
}

/** The port, when it could be listened on. */
function tryPort(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(undefined))
    server.listen(port, LOCAL, () => {
      const { port: got } = server.address() as { port: number }
      server.close(() => resolve(got))
    })
  })
}
