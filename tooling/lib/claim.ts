import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { Failure } from './errors.ts'
import { commandLine, isAlive } from './processes.ts'

/**
 * Takes a file for this process to write and gives the temporary name to write it under, an empty file so far. Refused
 * while another command is writing the same file; what a killed one left is removed.
 */
export function claim(file: string): string {
  const mine = `${file}.${process.pid}.tmp`
  // First, and only then a look at the others: of two at once none is missed.
  writeFileSync(mine, '')
  for (const name of readdirSync(dirname(file))) {
    const [temporary, pid] = /\.(\d+)\.tmp(?:-journal)?$/.exec(name) ?? []
    if (Number(pid) === process.pid || name !== `${basename(file)}${temporary}`) continue
    if (isAlive(Number(pid)) && commandLine(Number(pid)).includes('node')) {
      rmSync(mine)
      throw new Failure(
        `Another command (process ${pid}) is writing ${file}.`,
        'Wait until it has ended, or name another place for this one.',
      )
    }
    rmSync(join(dirname(file), name), { force: true })
  }
  return mine
}
