import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { zipSync } from 'fflate'

/** The first moment a zip can name: equal files make equal bytes, whenever they are packed. */
const EPOCH = new Date(1980, 0, 1)

/** A zip of these files of a folder, in the order of their names. */
export function zipFiles(folder: string, names: string[]): Uint8Array<ArrayBuffer> {
  const files = Object.fromEntries([...names].sort().map((name) => [name, readFileSync(join(folder, name))]))
  return new Uint8Array(zipSync(files, { mtime: EPOCH }))
}
