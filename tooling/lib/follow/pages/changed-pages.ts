import { createHash } from 'node:crypto'
import { cellsOf, isBtreePage, nextInChain } from './btree.ts'
import type { PageFile } from './page-file.ts'

/** What is known of each block: 8 bytes of a digest of all of it, then 8 for each of its pages. */
export type KnownBlocks = { get: (block: number) => Buffer | undefined; set: (block: number, digests: Buffer) => void }

/** Where rows may have changed: these, of whichever table, and with longRows any row that does not fit on its page. */
export type Touched = { rowids: Set<bigint>; longRows: boolean }

const DIGEST_BYTES = 8
const FIRST_FREE_TRUNK = 32

/** The blocks whose bytes are not those known. Read without a lock, so a block may also be in the middle of a write. */
export function suspectBlocks(file: PageFile, known: KnownBlocks): number[] {
  const suspects: number[] = []
  for (let block = 0; block < file.blocks; block++) {
    if (
      !known
        .get(block)
        ?.subarray(0, DIGEST_BYTES)
        .equals(digest(file.readBlock(block)))
    )
      suspects.push(block)
  }
  return suspects
}

/** Records the blocks as they are, and finds the rows on those of their pages that differ from what was recorded. */
export function recordBlocks(file: PageFile, known: KnownBlocks, blocks: Iterable<number>): Touched {
  const rowids = new Set<bigint>()
  const overflows = new Set<number>()
  const chains: number[] = []
  for (const block of blocks) {
    const bytes = file.readBlock(block)
    const before = known.get(block)
    const digests = [digest(bytes)]
    for (let at = 0; at < bytes.length; at += file.pageSize) {
      const page = bytes.subarray(at, at + file.pageSize)
      const now = digest(page)
      const place = DIGEST_BYTES * digests.push(now) - DIGEST_BYTES
      if (before?.subarray(place, place + DIGEST_BYTES).equals(now)) continue
      const number = block * file.pagesPerBlock + at / file.pageSize + 1
      if (number > 1 && !isBtreePage(page)) overflows.add(number)
      for (const { rowid, overflow } of cellsOf(page, file.usable)) {
        rowids.add(rowid)
        if (overflow !== undefined) chains.push(overflow)
      }
    }
    known.set(block, Buffer.concat(digests))
  }
  return { rowids, longRows: hasUnexplained(file, overflows, chains) }
}

/**
 * Whether there are pages that neither go on with a row that was found nor list free pages. SQLite writes such a page
 * alone when a row keeps its length and changes only there; nothing on the page says which row it belongs to.
 */
function hasUnexplained(file: PageFile, pages: Set<number>, chains: number[]): boolean {
  if (pages.size === 0) return false
  const seen = new Set<number>()
  for (const start of [file.readPage(1).readUInt32BE(FIRST_FREE_TRUNK), ...chains]) {
    for (let page = start; page > 0 && page <= file.pages && !seen.has(page); page = nextInChain(file.readPage(page))) {
      seen.add(page)
      pages.delete(page)
    }
  }
  return pages.size > 0
}

function digest(bytes: Buffer): Buffer {
  return createHash('sha1').update(bytes).digest().subarray(0, DIGEST_BYTES)
}
