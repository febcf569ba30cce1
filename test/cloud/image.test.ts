import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { unzipSync } from 'fflate'
import { test } from 'uvu'
import { composeImage } from '../../tooling/lib/cloud/image.ts'
import { copyImage, parseImage } from '../../tooling/lib/cloud/registry.ts'
import { packedSource } from '../../tooling/lib/cloud/source.ts'
import { zipFiles } from '../../tooling/lib/cloud/zip.ts'
import { Failure } from '../../tooling/lib/errors.ts'
import { fakeRegistry, type Registry } from './fake/registry.ts'

const LOGIN = { user: 'AWS', password: 'SECRET' }
let registry: Registry

test.before.each(async () => {
  registry = await fakeRegistry(LOGIN.password)
})

test.after.each(() => registry.stop())

function copy(from = registry.image, login = LOGIN) {
  return copyImage(from, `${registry.host}/xmonitor:v16.2`, login)
}

async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work
  } catch (error) {
    assert.ok(error instanceof Failure)
    return (error as Failure).message
  }
  return 'nothing was refused'
}

test("an image is copied without Docker: this platform's variant, whole, under its own digest", async () => {
  assert.equal(await copy(), registry.digest)
  assert.deepEqual([...registry.pushed.manifests.keys()], ['v16.2'])
  assert.equal(registry.pushed.blobs.size, 3)
  assert.ok(!registry.requests.some((request) => request.includes(registry.digest) && request.startsWith('PUT')))
})

test('an image is copied by its digest too', async () => {
  const byDigest = registry.image.replace(':v16.2', `@${registry.digest}`)
  assert.equal(await copy(byDigest), registry.digest)
})

test('a second copy sends no layer again', async () => {
  await copy()
  const before = registry.requests.length
  await copy()
  assert.ok(!registry.requests.slice(before).some((request) => /^(POST|PATCH)/.test(request)))
})

test('a layer that is not what its digest says is refused, and no manifest is left', async () => {
  const layer = registry.layers[1]!
  registry.broken.set(`/v2/postgrest/postgrest/blobs/${layer}`, { status: 200, body: 'something else' })
  assert.ok((await refusal(copy())).includes(`instead of ${layer}`))
  assert.equal(registry.pushed.manifests.size, 0)
})

test('a manifest that is not what its digest says is refused', async () => {
  const path = `/v2/postgrest/postgrest/manifests/${registry.digest}`
  registry.broken.set(path, { status: 200, body: '{}' })
  assert.ok((await refusal(copy())).includes(`instead of ${registry.digest}`))
})

test('each refusal of a registry is told with what to do', async () => {
  assert.match(await refusal(copy(registry.image.replace('v16.2', 'v0'))), /answered 404 to the manifest v0/)
  registry.broken.set('/token', { status: 503, body: '' })
  assert.match(await refusal(copy()), /answered 503 instead of a token/)
  registry.broken.clear()
  registry.broken.set('/v2/postgrest/postgrest/manifests/v16.2', { status: 429, body: 'toomanyrequests' })
  assert.match(await refusal(copy()), /429[\s\S]*toomanyrequests[\s\S]*wait an hour/)
  registry.broken.clear()
  const message = await refusal(copy(registry.image, { user: 'AWS', password: 'wrong-SECRET' }))
  assert.match(message, /answered 401 to an upload/)
  assert.ok(!message.includes('SECRET'))
  assert.match(await refusal(copy('127.0.0.1:9999/a/b:c')), /cannot be reached: connect ECONNREFUSED/)
})

test('names of images are read as Docker reads them', () => {
  const digest = `sha256:${'a'.repeat(64)}`
  for (const [text, origin, name, reference] of [
    ['postgrest/postgrest:v16.2', 'https://registry-1.docker.io', 'postgrest/postgrest', 'v16.2'],
    ['docker.io/postgrest/postgrest:v16.2', 'https://registry-1.docker.io', 'postgrest/postgrest', 'v16.2'],
    ['postgres:17', 'https://registry-1.docker.io', 'library/postgres', '17'],
    ['ghcr.io/a/b/c:1.2-x_y', 'https://ghcr.io', 'a/b/c', '1.2-x_y'],
    ['localhost:5000/a:b', 'http://localhost:5000', 'a', 'b'],
    [`1.dkr.ecr.eu-central-1.amazonaws.com/x@${digest}`, 'https://1.dkr.ecr.eu-central-1.amazonaws.com', 'x', digest],
  ] as const)
    assert.deepEqual(parseImage(text), { origin, name, reference }, text)
  for (const text of ['postgrest/postgrest', '', 'a b:c', 'postgrest@sha256:12'])
    assert.throws(() => parseImage(text), /is not an image reference/)
})

test('compose.yaml names the image, for AWS as well', () => {
  assert.match(composeImage(), /^postgrest\/postgrest:v\d+(\.\d+)+$/)
})

test('a zip holds every byte, and equal files make equal zips', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'xmonitor-zip-'))
  const files = {
    'a.bin': Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * i) % 251)),
    'b/ünï.txt': Buffer.from('text '.repeat(1000)),
    empty: Buffer.alloc(0),
  }
  mkdirSync(join(dir, 'b'))
  for (const [name, content] of Object.entries(files)) writeFileSync(join(dir, name), content)
  const archive = zipFiles(dir, Object.keys(files).reverse())
  const unpacked = Object.entries(unzipSync(archive)).map(([name, content]) => [name, Buffer.from(content)])
  assert.deepEqual(Object.fromEntries(unpacked), files)
  const later = new Date(Date.now() + 86_400_000)
  for (const name of Object.keys(files)) utimesSync(join(dir, name), later, later)
  assert.deepEqual(zipFiles(dir, Object.keys(files)), archive)
  rmSync(dir, { recursive: true })
  assert.deepEqual(await packedSource(), await packedSource())
})

test.run()
