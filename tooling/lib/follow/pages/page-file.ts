import { closeSync, fstatSync, openSync, readSync, realpathSync } from 'node:fs'
import { openWal, type Wal } from './wal.ts'

/** Read and compared at a time. */
const BLOCK_BYTES = 1 << 20
const HEADER_BYTES = 100
const NO_WAL: Wal = { offsets: new Map(), pages: undefined }

/**
 * The committed pages of a SQLite file, read without SQLite. Closing a file drops all locks that the process has on
 * it, so this one is opened before the SQLite connections to the same file and closed after them.
 */
export class PageFile {
  readonly #fd: number
  readonly #walPath: string
  #walFd: number | undefined
  #wal = NO_WAL
  #block = Buffer.alloc(0)
  pageSize = 0
  /** The bytes of a page that SQLite uses itself. */
  usable = 0
  pages = 0
  pagesPerBlock = 0

  constructor(path: string) {
    this.#fd = openSync(path, 'r')
    this.#walPath = `${realpathSync(path)}-wal`
  }

  get inode(): bigint {
    return fstatSync(this.#fd, { bigint: true }).ino
  }

  get blocks(): number {
    return Math.ceil(this.pages / this.pagesPerBlock)
  }

  /** Takes in what was committed since. Pages read afterwards are as of now, or of any later moment. */
  refresh(): void {
    const header = Buffer.alloc(HEADER_BYTES)
    readSync(this.#fd, header, 0, HEADER_BYTES, 0)
    const size = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16)
    if (size !== this.pageSize) this.#block = Buffer.alloc(BLOCK_BYTES)
    this.pageSize = size
    this.usable = size - header[20]!
    this.pagesPerBlock = BLOCK_BYTES / size
    this.#closeWal()
    const opened = openWal(this.#walPath, size)
    this.#wal = opened?.wal ?? NO_WAL
    this.#walFd = opened?.fd
    this.pages = this.#wal.pages ?? Math.floor(fstatSync(this.#fd).size / size)
  }

  /** The pages of a block, one behind the other; overwritten by the next call. */
  readBlock(block: number): Buffer {
    const first = block * this.pagesPerBlock + 1
    const count = Math.min(this.pagesPerBlock, this.pages - first + 1)
    const bytes = this.#block.subarray(0, count * this.pageSize)
    const read = readSync(this.#fd, bytes, 0, bytes.length, (first - 1) * this.pageSize)
    bytes.fill(0, read)
    if (this.#wal.offsets.size > 0) {
      for (let index = 0; index < count; index++) this.#readFromWal(first + index, bytes, index * this.pageSize)
    }
    return bytes
  }

  readPage(page: number): Buffer {
    const bytes = Buffer.alloc(this.pageSize)
    if (!this.#readFromWal(page, bytes, 0)) readSync(this.#fd, bytes, 0, this.pageSize, (page - 1) * this.pageSize)
    return bytes
  }

  close(): void {
    this.#closeWal()
    closeSync(this.#fd)
  }

  #readFromWal(page: number, bytes: Buffer, at: number): boolean {
    const offset = this.#wal.offsets.get(page)
    if (offset === undefined) return false
    readSync(this.#walFd!, bytes, at, this.pageSize, offset)
    return true
  }

  #closeWal(): void {
    if (this.#walFd !== undefined) closeSync(this.#walFd)
    this.#walFd = undefined
  }
}
