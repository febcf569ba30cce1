import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'
import { brotliCompressSync, gzipSync, constants as zlib } from 'node:zlib'

export type StaticFile = { type: string; etag: string; cacheControl: string; bodies: Record<Encoding, Buffer> }
export type Encoding = 'identity' | 'gzip' | 'br'

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
}

const COMPRESSIBLE = /^(text\/|application\/|image\/svg)/

/** The built page, read once: by URL path. The names under /assets/ hold a hash of their content, so they never change. */
export function readStaticFiles(folder: string): Map<string, StaticFile> {
  const files = new Map<string, StaticFile>()
  for (const entry of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(folder, entry)
    if (!statSync(path).isFile()) continue
    const url = `/${relative(folder, path).split(sep).join('/')}`
    const cacheControl = url.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache'
    files.set(url, staticFile(readFileSync(path), TYPES[extname(path)] ?? 'application/octet-stream', cacheControl))
  }
  return files
}

export function staticFile(content: Buffer, type: string, cacheControl: string): StaticFile {
  const etag = `"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`
  const small = content.length < 200 || !COMPRESSIBLE.test(type)
  const bodies = {
    identity: content,
    gzip: small ? content : gzipSync(content),
    br: small ? content : compressBrotli(content),
  }
  return { type, etag, cacheControl, bodies }
}

/** What a client that sends this Accept-Encoding reads, the shorter first. */
export function acceptedEncoding(header: string | undefined): Encoding {
  const given = (header ?? '')
    .toLowerCase()
    .split(',')
    .map((part) => part.trim().split(/\s*;\s*/))
  const takes = (name: string) => given.some(([coding, q]) => coding === name && !/^q=0(\.0*)?$/.test(q ?? ''))
  return takes('br') ? 'br' : takes('gzip') ? 'gzip' : 'identity'
}

/** Fast rather than small: for answers made on the spot. */
export function compressBrotli(content: Buffer, quality = 5): Buffer {
  return brotliCompressSync(content, { params: { [zlib.BROTLI_PARAM_QUALITY]: quality } })
}
