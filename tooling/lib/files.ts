import { randomBytes } from 'node:crypto'
import {
  closeSync,
  constants,
  createReadStream,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { type Digest, digestInBackground, digestOf, MIN_THREAD_BYTES } from './digest.js'
import { Failure } from './errors.ts'
import { commandLine, isAlive } from './processes.ts'

/** With writes of a quarter MiB the system calls no longer count, and memory stays constant. */
const CHUNK_BYTES = 1 << 18

const NOT_WRITABLE = ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'EISDIR']
const DISK_FULL = ['ENOSPC', 'EFBIG', 'EDQUOT']

/**
 * A file that is written under a temporary name, so that an unfinished one never looks finished. What a killed
 * command leaves behind is removed by the next one.
 */
export type AtomicFile = {
  write(piece: Buffer | string): void
  /** Flushes everything to disk. */
  sync(): void
  /** Of the synced file, as read back from disk. */
  digest(): Promise<Digest>
  /** Renames it to its final name. */
  commit(): void
  /** Removes it. */
  discard(): void
}

/** Creates a folder that only its owner can enter; an existing one stays as it is. */
export function makeFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 })
}

/** With `digest`, a large file is hashed in a thread while it is being written. */
export function createAtomicFile(file: string, { digest: wanted = false } = {}): AtomicFile {
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES)
  let filled = 0
  let bytes = 0
  let digest: (() => Promise<Digest>) | undefined
  const temporary = reserveTempFile(file)
  const fd = openSync(temporary, constants.O_WRONLY | constants.O_NOFOLLOW)
  let open = true

  function append(piece: Buffer) {
    withWriteErrors(file, () => {
      for (let done = 0; done < piece.length; ) done += writeSync(fd, piece, done)
    })
    bytes += piece.length
    if (wanted && bytes >= MIN_THREAD_BYTES) digest ??= digestInBackground(temporary)
  }

  function flush() {
    append(chunk.subarray(0, filled))
    filled = 0
  }

  function close() {
    if (open) closeSync(fd)
    open = false
  }

  return {
    write(piece) {
      const buffer = typeof piece === 'string' ? Buffer.from(piece) : piece
      if (filled + buffer.length > CHUNK_BYTES) flush()
      if (buffer.length > CHUNK_BYTES) return append(buffer)
      filled += buffer.copy(chunk, filled)
    },
    sync() {
      flush()
      withWriteErrors(file, () => fsyncSync(fd))
      close()
    },
    digest: () => (digest ? digest() : digestOf(temporary)),
    commit: () => withWriteErrors(file, () => renameSync(temporary, file)),
    discard() {
      close()
      digest?.()
      rmSync(temporary, { force: true })
    },
  }
}

/**
 * Reserves a file for this process and returns the temporary name to write it under: an empty file that only its owner
 * can read, in a folder that exists. Nobody can predict the name, so nobody can put a link there. Refused while another
 * command is writing the same file; leftovers of a killed one are removed.
 */
export function reserveTempFile(file: string): string {
  const temporary = `${file}.${process.pid}-${randomBytes(6).toString('hex')}.tmp`
  withWriteErrors(file, () => {
    makeFolder(dirname(file))
    // Created before looking for others: of two commands that start at once, at least one sees the other.
    closeSync(openSync(temporary, 'wx', 0o600))
  })
  for (const entry of readdirSync(dirname(file), { withFileTypes: true })) {
    const { name } = entry
    const [suffix, pid] = /\.(\d+)(?:-[0-9a-f]+)?\.tmp(?:-journal)?$/.exec(name) ?? []
    if (entry.isDirectory() || Number(pid) === process.pid || name !== `${basename(file)}${suffix}`) continue
    if (isAlive(Number(pid)) && commandLine(Number(pid)).includes('node')) {
      rmSync(temporary)
      throw new Failure(
        `Another command (process ${pid}) is writing ${file}.`,
        'Wait until it has finished, or choose another place for this one.',
      )
    }
    rmSync(join(dirname(file), name), { force: true })
  }
  return temporary
}

export function writeText(file: string, text: string): void {
  const atomic = createAtomicFile(file)
  try {
    atomic.write(text)
    atomic.sync()
    atomic.commit()
  } catch (error) {
    atomic.discard()
    throw error
  }
}

export function writeJson(file: string, value: unknown): void {
  writeText(file, `${JSON.stringify(value, undefined, 2)}\n`)
}

/** Whether there is a file. What else may be there is refused: a pipe would keep the command waiting, a device never end. */
export function hasFile(file: string): boolean {
  const stat = statSync(file, { throwIfNoEntry: false })
  if (stat && !stat.isFile()) throw new Failure(`${file} is not a file.`, 'Find out who put it there, and remove it.')
  return stat !== undefined
}

/** Reads JSON that one of the commands wrote; `command` is named to anyone without the file. */
export function readJson<T>(file: string, command: string): T {
  hasFile(file)
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new Failure(
      `Cannot read ${file}: ${(error as NodeJS.ErrnoException).code}.`,
      `Create it with: npm run ${command}`,
    )
  }
  try {
    return JSON.parse(text)
  } catch {
    throw new Failure(`${file} is not JSON.`, `Create it again with: npm run ${command}`)
  }
}

/** The lines of a UTF-8 file, many at a time, each batch with the number of its first line. Uses constant memory. */
export async function* readLines(file: string): AsyncGenerator<{ first: number; lines: string[] }> {
  let first = 1
  let rest: Buffer[] = []
  for await (const chunk of createReadStream(file, { highWaterMark: CHUNK_BYTES }) as AsyncIterable<Buffer>) {
    const end = chunk.lastIndexOf(10)
    if (end < 0) {
      rest.push(chunk)
      continue
    }
    const lines = Buffer.concat([...rest, chunk.subarray(0, end)])
      .toString('utf8')
      .split('\n')
    yield { first, lines }
    first += lines.length
    rest = end + 1 < chunk.length ? [chunk.subarray(end + 1)] : []
  }
  if (rest.length > 0) yield { first, lines: [Buffer.concat(rest).toString('utf8')] }
}

/** Does the work and turns the system's write errors into Failures that say what to do. */
export function withWriteErrors<T>(file: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? ''
    if (DISK_FULL.includes(code))
      throw new Failure(
        `The disk is full: cannot write ${file}.`,
        'Free some space, or choose a folder on another disk.',
      )
    if (NOT_WRITABLE.includes(code))
      throw new Failure(`Cannot write ${file}: ${code}.`, 'Choose a folder that you may write to.')
    throw error
  }
}
