/** What of SQLite's pages tells which rows they hold: https://www.sqlite.org/fileformat2.html#b_tree_pages */

const TABLE_LEAF = 13
const BTREE_TYPES = [2, 5, 10, TABLE_LEAF]

/** A row's place on a leaf page of a table; what does not fit there goes on in a chain of overflow pages. */
export type Cell = { rowid: bigint; overflow: number | undefined }

/** Overflow pages and those of the free list begin with a page number, whose first byte is 0 or 1 below 128 GB. */
export function isBtreePage(page: Buffer): boolean {
  return BTREE_TYPES.includes(page[0]!)
}

/** The rows on a page; none on a page that is not a leaf of a table. */
export function* cellsOf(page: Buffer, usable: number): Generator<Cell> {
  if (page[0] !== TABLE_LEAF) return
  const cells = page.readUInt16BE(3)
  const [maxLocal, minLocal] = [usable - 35, Math.floor(((usable - 12) * 32) / 255) - 23]
  for (let cell = 0; cell < cells; cell++) {
    const [payload, afterPayload] = varint(page, page.readUInt16BE(8 + 2 * cell))
    const [rowid, start] = varint(page, afterPayload)
    const length = Number(payload)
    if (length <= maxLocal) {
      yield { rowid, overflow: undefined }
      continue
    }
    const wanted = minLocal + ((length - minLocal) % (usable - 4))
    const local = wanted <= maxLocal ? wanted : minLocal
    yield { rowid, overflow: page.readUInt32BE(start + local) }
  }
}

/** The number of the next page in a chain of overflow pages, or in the list of free pages' trunks; 0 at its end. */
export function nextInChain(page: Buffer): number {
  return page.readUInt32BE(0)
}

/** Seven bits a byte, the highest says that there are more; a ninth byte has all eight. A rowid is signed. */
function varint(page: Buffer, at: number): [value: bigint, end: number] {
  let value = 0n
  for (let n = 0; n < 8; n++) {
    const byte = page[at + n]!
    value = (value << 7n) | BigInt(byte & 0x7f)
    if (byte < 0x80) return [value, at + n + 1]
  }
  return [BigInt.asIntN(64, (value << 8n) | BigInt(page[at + 8]!)), at + 9]
}
