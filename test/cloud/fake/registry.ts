import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Registry = {
  /** host:port */
  host: string
  /** host:port/postgrest/postgrest:v16.2, a public image of three layers for two platforms. */
  image: string
  /** The digest of its linux/amd64 variant. */
  digest: string
  /** The digests of its configuration and its layers. */
  layers: string[]
  /** What was pushed to NAME: manifests by tag, blobs by digest. */
  pushed: { manifests: Map<string, string>; blobs: Map<string, Buffer> }
  /** METHOD path of every request. */
  requests: string[]
  /** The last file put to /upload. */
  uploads: Buffer[]
  /** Changes what is answered for a path, to see it refused. */
  broken: Map<string, { status: number; body: string }>
  stop: () => Promise<void>
}

const INDEX = 'application/vnd.oci.image.index.v1+json'
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json'

/**
 * One server that is a public registry (which, like Docker Hub, sends who asks to a token service first), a private one
 * (which, like ECR, wants Basic), and the place where Amplify wants the page's files.
 */
export async function fakeRegistry(password: string): Promise<Registry> {
  const layers = ['config', 'layer one', 'layer two'].map((text) => Buffer.from(text))
  const [config, ...rest] = layers.map((content) => ({ digest: sha256(content), size: content.length }))
  const amd64 = JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST, config, layers: rest })
  const platform = (architecture: string, text: string) => ({
    mediaType: MANIFEST,
    digest: sha256(text),
    size: text.length,
    platform: { os: 'linux', architecture },
  })
  const index = JSON.stringify({ schemaVersion: 2, manifests: [platform('arm64', 'other'), platform('amd64', amd64)] })
  const source = new Map<string, [type: string, body: string | Buffer]>([
    ['manifests/v16.2', [INDEX, index]],
    [`manifests/${sha256(amd64)}`, [MANIFEST, amd64]],
    ...layers.map((content): [string, [string, Buffer]] => [
      `blobs/${sha256(content)}`,
      ['application/octet-stream', content],
    ]),
  ])

  const pushed: Registry['pushed'] = { manifests: new Map(), blobs: new Map() }
  const requests: string[] = []
  const uploads: Buffer[] = []
  const broken: Registry['broken'] = new Map()
  let upload: Buffer = Buffer.alloc(0)

  const server = createServer(async (request, response) => {
    const { method = '', headers } = request
    const url = new URL(request.url ?? '', `http://${headers.host}`)
    requests.push(`${method} ${url.pathname}`)
    const answer = (status: number, body: string | Buffer = '', more: Record<string, string> = {}) =>
      response.writeHead(status, more).end(method === 'HEAD' ? undefined : body)
    const fault = broken.get(url.pathname)
    if (fault) return answer(fault.status, fault.body)

    if (url.pathname === '/token') return answer(200, JSON.stringify({ token: 'anonymous' }))
    if (url.pathname.startsWith('/upload/')) {
      uploads.push(await bodyOf(request))
      return answer(200)
    }
    const from = '/v2/postgrest/postgrest/'
    if (url.pathname.startsWith(from)) {
      if (headers.authorization !== 'Bearer anonymous')
        return answer(401, '', {
          'www-authenticate': `Bearer realm="http://${headers.host}/token",service="registry",scope="pull"`,
        })
      const found = source.get(url.pathname.slice(from.length))
      return found ? answer(200, found[1], { 'content-type': found[0] }) : answer(404)
    }

    if (headers.authorization !== `Basic ${Buffer.from(`AWS:${password}`).toString('base64')}`) return answer(401)
    const [, kind, id] = /^\/v2\/xmonitor\/(manifests|blobs)\/(.*)$/.exec(url.pathname) ?? []
    if (kind === 'blobs' && method === 'HEAD') return answer(pushed.blobs.has(id!) ? 200 : 404)
    if (kind === 'blobs' && method === 'POST') return answer(202, '', { location: '/v2/xmonitor/blobs/uploads/1' })
    if (kind === 'blobs' && method === 'PATCH') {
      upload = await bodyOf(request)
      return answer(202, '', { location: '/v2/xmonitor/blobs/uploads/1?part=2' })
    }
    if (kind === 'blobs' && method === 'PUT') {
      const digest = url.searchParams.get('digest') ?? ''
      if (digest !== sha256(upload)) return answer(400, 'the digest is wrong')
      pushed.blobs.set(digest, upload)
      return answer(201)
    }
    if (kind === 'manifests' && method === 'PUT') {
      const text = (await bodyOf(request)).toString()
      const parts = JSON.parse(text) as { config: { digest: string }; layers: { digest: string }[] }
      if (![parts.config, ...parts.layers].every(({ digest }) => pushed.blobs.has(digest))) return answer(400)
      pushed.manifests.set(id!, text)
      return answer(201)
    }
    const text = pushed.manifests.get(id ?? '')
    return text ? answer(200, text, { 'docker-content-digest': sha256(text) }) : answer(404)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    host: `127.0.0.1:${port}`,
    image: `127.0.0.1:${port}/postgrest/postgrest:v16.2`,
    digest: sha256(amd64),
    layers: layers.map(sha256),
    pushed,
    requests,
    uploads,
    broken,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

function sha256(content: Buffer | string): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts)
}
