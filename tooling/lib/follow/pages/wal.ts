import { closeSync, openSync, readSync } from 'node:fs'

/** Where the newest committed content of each page is in a -wal file, and how many pages the database has by it. */
export type Wal = { offsets: Map<number, number>; pages: number | undefined }

const HEADER_BYTES = 32
const FRAME_HEADER_BYTES = 24
/** The last bit of the magic number tells the byte order of the words that the checksums add up. */
const MAGIC = 0x377f0682

/** The -wal file, left open, and what it has; undefined when there is no such file. */
export function openWal(path: string, pageSize: number): { fd: number; wal: Wal } | undefined {
  let fd: number
  try {
    fd = openSync(path, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  try {
    return { fd, wal: readWal(fd, pageSize) }
  } catch (error) {
    closeSync(fd)
    throw error
  }
}

/**
 * Which pages a -wal file replaces (https://www.sqlite.org/fileformat2.html#the_write_ahead_log), up to the last commit.
 * Frames that SQLite would not accept either, left by an earlier round or by an interrupted commit, do not count.
 */
function readWal(fd: number, pageSize: number): Wal {
  const wal: Wal = { offsets: new Map(), pages: undefined }
  const header = Buffer.alloc(HEADER_BYTES)
  if (readSync(fd, header, 0, HEADER_BYTES, 0) < HEADER_BYTES) return wal
  const magic = header.readUInt32BE(0)
  if (magic >>> 1 !== MAGIC >>> 1 || header.readUInt32BE(8) !== pageSize) return wal
  const bigEndian = magic !== MAGIC
  let sum = checksum([0, 0], header.subarray(0, 24), bigEndian)
  if (!matches(sum, header, 24)) return wal

  const frame = Buffer.alloc(FRAME_HEADER_BYTES + pageSize)
  let uncommitted: [page: number, offset: number][] = []
  for (let at = HEADER_BYTES; readSync(fd, frame, 0, frame.length, at) === frame.length; at += frame.length) {
    const salts = header.compare(frame, 8, 16, 16, 24)
    sum = checksum(sum, frame.subarray(0, 8), bigEndian)
    sum = checksum(sum, frame.subarray(FRAME_HEADER_BYTES), bigEndian)
    if (salts !== 0 || !matches(sum, frame, 16)) break
    uncommitted.push([frame.readUInt32BE(0), at + FRAME_HEADER_BYTES])
    const pages = frame.readUInt32BE(4)
    if (pages === 0) continue
    for (const [page, offset] of uncommitted) wal.offsets.set(page, offset)
    wal.pages = pages
    uncommitted = []
  }
  return wal
}

type Sum = [first: number, second: number]

/** https://www.sqlite.org/fileformat2.html#checksum_algorithm */
function checksum([first, second]: Sum, bytes: Buffer, bigEndian: boolean): Sum {
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  for (let at = 0; at < bytes.length; at += 8) {
    first = (first + words.getUint32(at, !bigEndian) + second) | 0
    second = (second + words.getUint32(at + 4, !bigEndian) + first) | 0
  }
  return [first, second]
}

function matches([first, second]: Sum, bytes: Buffer, at: number): boolean {
  return bytes.readInt32BE(at) === first && bytes.readInt32BE(at + 4) === second
}
