import { deflateRawSync } from 'node:zlib'

/** The first moment a zip can name: equal files make equal bytes, whenever they are packed. */
const DATE = 0x0021_0000
const UTF8 = 0x0800
const DEFLATED = 8

/** A zip of the files, in the order of their names. */
export function zip(files: Map<string, Buffer>): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const [name, content] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const path = Buffer.from(name)
    const packed = deflateRawSync(content)
    const facts = factsOf(content, packed, path)
    const entry = Buffer.concat([signature('PK\x03\x04'), u16(20), facts, u16(0), path, packed])
    directory.push(signature('PK\x01\x02'), u16(20), u16(20), facts, Buffer.alloc(12), u32(offset), path)
    parts.push(entry)
    offset += entry.length
  }
  const index = Buffer.concat(directory)
  const end = [
    signature('PK\x05\x06'),
    u32(0),
    u16(files.size),
    u16(files.size),
    u32(index.length),
    u32(offset),
    u16(0),
  ]
  return Buffer.concat([...parts, index, ...end])
}

/** What both places say of a file, from the flags to the length of its name. */
function factsOf(content: Buffer, packed: Buffer, path: Buffer): Buffer {
  return Buffer.concat([
    u16(UTF8),
    u16(DEFLATED),
    u32(DATE),
    u32(crc32(content)),
    u32(packed.length),
    u32(content.length),
    u16(path.length),
  ])
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1
  return c
})

/** zlib.crc32, which Node 20 does not have. */
function crc32(content: Buffer): number {
  let crc = 0xffffffff
  for (const byte of content) crc = CRC_TABLE[(crc ^ byte) & 0xff]! ^ (crc >>> 8)
  return (crc ^ 0xffffffff) >>> 0
}

function signature(text: string): Buffer {
  return Buffer.from(text, 'latin1')
}

function u16(number: number): Buffer {
  const buffer = Buffer.alloc(2)
  buffer.writeUInt16LE(number)
  return buffer
}

function u32(number: number): Buffer {
  const buffer = Buffer.alloc(4)
  buffer.writeUInt32LE(number)
  return buffer
}
