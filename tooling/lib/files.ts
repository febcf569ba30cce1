import {
  closeSync,
  createReadStream,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { claim } from './claim.ts'
import { type Digest, digestBeside, digestOf, WORTH_A_THREAD_BYTES } from './digest.js'
import { Failure } from './errors.ts'

/** A write of a quarter MiB: the system call no longer counts, and memory stays constant. */
const CHUNK_BYTES = 1 << 18

const NOT_WRITABLE = ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'EISDIR']

/**
 * A file being written under a temporary name, so that it never looks finished when it is not.
 * finish() puts it on disk, keep() gives it its name; discard() leaves nothing. After a kill the next run removes the rest.
 */
export type WholeFile = {
  write(piece: Buffer | string): void
  finish(): void
  /** Of what was finished, as it is read back. */
  digest(): Promise<Digest>
  keep(): void
  discard(): void
}

/** With `digest`, that of a large file begins in a thread while it is written. */
export function createWhole(file: string, { digest: wanted = false } = {}): WholeFile {
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES)
  let filled = 0
  let bytes = 0
  let digest: (() => Promise<Digest>) | undefined
  const temporary = writing(file, () => {
    mkdirSync(dirname(file), { recursive: true })
    return claim(file)
  })
  const fd = openSync(temporary, 'w')
  let open = true

  function put(piece: Buffer) {
    writing(file, () => {
      for (let done = 0; done < piece.length; ) done += writeSync(fd, piece, done)
    })
    bytes += piece.length
    if (wanted && bytes >= WORTH_A_THREAD_BYTES) digest ??= digestBeside(temporary)
  }

  function flush() {
    put(chunk.subarray(0, filled))
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
      if (buffer.length > CHUNK_BYTES) return put(buffer)
      filled += buffer.copy(chunk, filled)
    },
    finish() {
      flush()
      writing(file, () => fsyncSync(fd))
      close()
    },
    digest: () => (digest ? digest() : digestOf(temporary)),
    keep: () => writing(file, () => renameSync(temporary, file)),
    discard() {
      close()
      digest?.()
      rmSync(temporary, { force: true })
    },
  }
}

export function writeText(file: string, text: string): void {
  const whole = createWhole(file)
  try {
    whole.write(text)
    whole.finish()
    whole.keep()
  } catch (error) {
    whole.discard()
    throw error
  }
}

export function writeJson(file: string, value: unknown): void {
  writeText(file, `${JSON.stringify(value, undefined, 2)}\n`)
}

/** The JSON a command of ours wrote; `made` names that command for who has no such file. */
export function readJson<T>(file: string, made: string): T {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new Failure(
      `${file} cannot be read: ${(error as NodeJS.ErrnoException).code}.`,
      `Make it with: npm run ${made}`,
    )
  }
  try {
    return JSON.parse(text)
  } catch {
    throw new Failure(`${file} is not JSON.`, `Make it again with: npm run ${made}`)
  }
}

/** The lines of a UTF-8 file with their numbers from 1, at constant memory, many at a time. */
export async function* linesOf(file: string): AsyncGenerator<{ first: number; lines: string[] }> {
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

/** Does the work, with what the system says about writing turned into what a person can act on. */
export function writing<T>(file: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOSPC' || code === 'EFBIG' || code === 'EDQUOT')
      throw new Failure(
        `The disk is full: ${file} could not be written.`,
        'Free some space, or choose another folder with --out.',
      )
    if (code && NOT_WRITABLE.includes(code))
      throw new Failure(`${file} cannot be written: ${code}.`, 'Choose a folder that you may write to.')
    throw error
  }
}
