import { createHash } from 'node:crypto'
import { Failure } from '../errors.ts'

/** An image by its registry, its name there and its tag or digest. */
type Image = { origin: string; name: string; reference: string }
type Manifest = { digest: string; type: string; text: string }
type Entry = { digest: string; size: number; platform?: { os: string; architecture: string } }

const INDEXES = ['application/vnd.oci.image.index.v1+json', 'application/vnd.docker.distribution.manifest.list.v2+json']
const MANIFESTS = ['application/vnd.oci.image.manifest.v1+json', 'application/vnd.docker.distribution.manifest.v2+json']
/** What App Runner and ECS Express both run. */
const PLATFORM = { os: 'linux', architecture: 'amd64' }

/**
 * Copies an image from one registry to another by the registries' HTTP API, without Docker, and checks every byte against
 * its digest. Returns the digest of the copy, which is the original's for this platform.
 */
export async function copyImage(from: string, to: string, login: { user: string; password: string }): Promise<string> {
  const source = client(parseImage(from))
  const target = client(parseImage(to), `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}`)

  const manifest = await platformManifest(source)
  const { config, layers } = JSON.parse(manifest.text) as { config: Entry; layers: Entry[] }
  for (const blob of [config, ...layers])
    if (!(await target.has(blob.digest))) await target.push(blob.digest, await source.blob(blob.digest))
  await target.putManifest(manifest)
  return manifest.digest
}

/** docker.io/postgrest/postgrest:v16.2 in its parts. Like Docker, asks a registry on this machine without TLS. */
export function parseImage(text: string): Image {
  const [, host, name, reference] =
    /^(?:([a-z0-9.-]+(?::\d+)?)\/)?([a-z0-9._/-]+?)(?::([\w.-]+)|@(sha256:[0-9a-f]{64}))?$/i.exec(text) ?? []
  const digest = text.split('@')[1]
  if (!name || !(reference || digest))
    throw new Failure(
      `'${text}' is not an image reference.`,
      'Use NAME:TAG or NAME@DIGEST, such as postgrest/postgrest:v16.2.',
      2,
    )
  const isHost = host && (/[.:]/.test(host) || host === 'localhost')
  const path = isHost ? name : [host, name].filter(Boolean).join('/')
  const registry = isHost ? host.replace(/^docker\.io$/, 'registry-1.docker.io') : 'registry-1.docker.io'
  const scheme = /^(localhost|127\.)/.test(registry) ? 'http' : 'https'
  return {
    origin: `${scheme}://${registry}`,
    name: registry === 'registry-1.docker.io' && !path.includes('/') ? `library/${path}` : path,
    reference: (digest ?? reference) as string,
  }
}

async function platformManifest(source: ReturnType<typeof client>): Promise<Manifest> {
  const first = await source.manifest()
  if (!INDEXES.includes(first.type)) return first
  const { manifests } = JSON.parse(first.text) as { manifests: Entry[] }
  const found = manifests.find(
    ({ platform }) => platform?.os === PLATFORM.os && platform.architecture === PLATFORM.architecture,
  )
  if (!found) throw new Failure('The image has no linux/amd64 variant.', 'Pass another one with --image.')
  return source.manifest(found.digest)
}

/** Talks to one image's registry, with the given credentials or an anonymous token. */
function client({ origin, name, reference }: Image, authorization?: string) {
  let header = authorization

  async function request(path: string, init: RequestInit = {}): Promise<Response> {
    const url = path.startsWith('http') ? path : `${origin}${path}`
    const send = () =>
      fetch(url, { ...init, headers: { ...init.headers, ...(header && { authorization: header }) } }).catch((error) => {
        throw new Failure(
          `${origin} cannot be reached: ${error.cause?.message ?? error.message}.`,
          'Check the network.',
        )
      })
    const response = await send()
    if (response.status !== 401 || header) return response
    header = await anonymousToken(response, origin)
    return send()
  }

  async function expectOk(response: Response, what: string): Promise<Response> {
    if (response.ok) return response
    // Without the URL's query, which may hold a signature.
    const message = (await response.text()).slice(0, 200).trim()
    throw new Failure(
      `${origin} answered ${response.status} to ${what} of ${name}${message && `: ${message}`}.`,
      response.status === 429
        ? 'Its rate limit is reached: wait an hour.'
        : 'Check the image name and your permissions.',
    )
  }

  return {
    async manifest(digest = reference): Promise<Manifest> {
      const accept = [...INDEXES, ...MANIFESTS].join(', ')
      const response = await expectOk(
        await request(`/v2/${name}/manifests/${digest}`, { headers: { accept } }),
        `the manifest ${digest}`,
      )
      const text = await response.text()
      const manifest = { digest: sha256(text), type: response.headers.get('content-type')?.split(';')[0] ?? '', text }
      if (digest.startsWith('sha256:')) checkDigest(digest, manifest.digest)
      return manifest
    },
    async blob(digest: string): Promise<Buffer<ArrayBuffer>> {
      const response = await expectOk(await request(`/v2/${name}/blobs/${digest}`), `the layer ${digest}`)
      const content = Buffer.from(await response.arrayBuffer())
      checkDigest(digest, sha256(content))
      return content
    },
    async has(digest: string): Promise<boolean> {
      return (await request(`/v2/${name}/blobs/${digest}`, { method: 'HEAD' })).ok
    },
    async push(digest: string, content: Buffer<ArrayBuffer>): Promise<void> {
      const started = await expectOk(await request(`/v2/${name}/blobs/uploads/`, { method: 'POST' }), 'an upload')
      const headers = { 'content-type': 'application/octet-stream' }
      const sent = await expectOk(
        await request(started.headers.get('location')!, { method: 'PATCH', headers, body: content }),
        `the upload of ${digest}`,
      )
      const end = new URL(sent.headers.get('location')!, origin)
      end.searchParams.set('digest', digest)
      await expectOk(await request(end.href, { method: 'PUT' }), `the end of the upload of ${digest}`)
    },
    async putManifest({ type, text }: Manifest): Promise<void> {
      const headers = { 'content-type': type }
      await expectOk(
        await request(`/v2/${name}/manifests/${reference}`, { method: 'PUT', headers, body: text }),
        'the manifest',
      )
    },
  }
}

/** The registry's 401 says where to get an anonymous token. */
async function anonymousToken(refusal: Response, origin: string): Promise<string> {
  const challenge = refusal.headers.get('www-authenticate') ?? ''
  const part = (name: string) => new RegExp(`${name}="([^"]*)"`).exec(challenge)?.[1]
  const realm = part('realm')
  if (!/^bearer /i.test(challenge) || !realm)
    throw new Failure(`${origin} requires a login.`, 'Pass an image of a public registry with --image.')
  const url = new URL(realm)
  for (const name of ['service', 'scope']) if (part(name)) url.searchParams.set(name, part(name)!)
  const response = await fetch(url)
  if (!response.ok)
    throw new Failure(
      `${url.origin} answered ${response.status} instead of a token.`,
      'Try again later, or pass another --image.',
    )
  const { token, access_token } = (await response.json()) as { token?: string; access_token?: string }
  return `Bearer ${token ?? access_token}`
}

function checkDigest(expected: string, found: string): void {
  if (expected !== found)
    throw new Failure(
      `The registry sent ${found} instead of ${expected}.`,
      'Do not use this image; try another registry with --image.',
    )
}

function sha256(content: Buffer | string): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`
}
