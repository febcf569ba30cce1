import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

const LOCAL = '127.0.0.1'

/** A free port on 127.0.0.1: the preferred one or the next free one above it; without a preference, any. */
export async function freePort(preferred?: number, say: (text: string) => void = () => {}): Promise<number> {
  if (preferred === undefined) return (await tryPort(0))!
  for (let port = preferred; port < Math.min(preferred + 100, 65536); port++) {
    if (!(await tryPort(port))) continue
    if (port !== preferred) say(`Port ${preferred} is in use; using ${port}.`)
    return port
  }
  return (await tryPort(0))!
}

/**
 * Starts a program that ends with this process, even after kill -9: a shell beside it waits for the end of a pipe (the
 * program's stdin, as far as this process sees it) that only this process holds open, then sends the signal. It is in a
 * process group of its own: Ctrl-C reaches this process only, which then stops the program cleanly.
 */
export function spawnTied(
  signal: 'INT' | 'KILL',
  program: string,
  args: readonly string[],
  options: SpawnOptions,
): ChildProcess {
  const script = `exec 3<&0; ( ( read -r _; kill -${signal} $$ ) <&3 2>/dev/null & ); exec 3<&-; exec "$@" </dev/null`
  return spawn('/bin/sh', ['-c', script, 'sh', program, ...args], { ...options, detached: true })
}

/** Whether a process is running; a zombie is not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  return commandLine(pid) !== ''
}

/** The command line of a process, its words separated by spaces; empty if there is no such process. */
export function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
  } catch {
    return spawnSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout?.trim() ?? ''
  }
}

/** Waits until the process is gone; false if it is still there after that time. */
export async function waitUntilGone(pid: number, milliseconds: number): Promise<boolean> {
  for (const end = Date.now() + milliseconds; Date.now() < end; await sleep(20)) if (!isAlive(pid)) return true
  return !isAlive(pid)
}

/** The port, if it is free. */
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
