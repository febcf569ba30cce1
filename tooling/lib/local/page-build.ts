import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { constants, setPriority } from 'node:os'
import { dirname, join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { Failure } from '../errors.ts'
import { isAlive } from '../processes.ts'
import { PROJECT } from '../project.ts'

/** The folder of the built page. */
export const PAGE = join(PROJECT, 'web/dist')

/** Builds the page if it is missing or older than its sources. Several processes may do this at once. */
export async function buildPage(say: (text: string) => void): Promise<void> {
  if (!isStale()) return
  say('Building: the page')
  removeAbandoned()
  // Built under another name: a build that was killed never looks finished, and nobody reads an unfinished one.
  const unfinished = `${PAGE}.${process.pid}.tmp`
  const vite = join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin/vite.js')
  const args = [vite, 'build', '--outDir', unfinished, '--emptyOutDir', '--logLevel', 'warn']
  const child = spawn(process.execPath, args, { cwd: PROJECT, stdio: ['ignore', 'pipe', 'pipe'] })
  // What else starts meanwhile, Postgres and the move, goes first.
  if (child.pid) setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL)
  const abandon = () => {
    child.kill()
    rmSync(unfinished, { recursive: true, force: true })
  }
  process.once('exit', abandon)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text))
  const [code] = await once(child, 'exit')
  process.off('exit', abandon)
  if (code !== 0) {
    rmSync(unfinished, { recursive: true, force: true })
    // Vite's messages are in color even where NO_COLOR is set.
    const said = stripVTControlCharacters(output).trim().replaceAll('\n', '\n  ')
    throw new Failure(`The page could not be built:\n  ${said}`, 'See npm run build.')
  }
  swapIn(unfinished)
}

function swapIn(build: string): void {
  const old = `${PAGE}.${process.pid}.old.tmp`
  try {
    if (existsSync(PAGE)) renameSync(PAGE, old)
    renameSync(build, PAGE)
  } catch (error) {
    // Another process was faster; its build has the same sources.
    rmSync(build, { recursive: true, force: true })
    if (!existsSync(PAGE)) throw error
  }
  rmSync(old, { recursive: true, force: true })
}

/** Removes what builds of killed processes left. */
function removeAbandoned(): void {
  for (const name of readdirSync(dirname(PAGE))) {
    const [, pid] = /^dist\.(\d+)\.(?:old\.)?tmp$/.exec(name) ?? []
    if (pid && !isAlive(Number(pid))) rmSync(join(dirname(PAGE), name), { recursive: true, force: true })
  }
}

function isStale(): boolean {
  const built = statSync(join(PAGE, 'index.html'), { throwIfNoEntry: false })?.mtimeMs
  if (built === undefined) return true
  const sources = ['vite.config.ts', 'package-lock.json', ...filesUnder('web')]
  return sources.some((file) => (statSync(join(PROJECT, file), { throwIfNoEntry: false })?.mtimeMs ?? 0) > built)
}

function filesUnder(folder: string): string[] {
  return readdirSync(join(PROJECT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`
    if (entry.isFile()) return [path]
    return entry.name.startsWith('dist') ? [] : filesUnder(path)
  })
}
