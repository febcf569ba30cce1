import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { Failure } from '../errors.ts'
import { PROJECT } from '../project.ts'
import type { Aws } from './aws.ts'
import { copyImage, parseImage } from './registry.ts'

/** The PostgREST image that compose.yaml names: one place for its version. */
export function composeImage(): string {
  type Compose = { services: Record<string, { image?: string }> }
  const { services } = parse(readFileSync(join(PROJECT, 'compose.yaml'), 'utf8')) as Compose
  const image = Object.values(services).find(({ image }) => image?.includes('postgrest/postgrest:'))?.image
  if (!image)
    throw new Failure('compose.yaml names no postgrest image.', 'Give one: --image postgrest/postgrest:TAG', 2)
  return image
}

/** The digest under which our registry holds the image; undefined when it does not. */
export async function mirroredDigest(aws: Aws, uri: string, image: string): Promise<string | undefined> {
  const found = await aws.find<{ imageDetails: { imageDigest: string }[] }>('ecr', 'describe-images', {
    repositoryName: parseImage(`${uri}:any`).name,
    imageIds: [{ imageTag: tagOf(image) }],
  })
  return found?.imageDetails[0]?.imageDigest
}

/** Copies the image into our registry, unless it is there: a tag there never changes. */
export async function mirrorImage(aws: Aws, uri: string, image: string): Promise<{ digest: string; copied: boolean }> {
  const present = await mirroredDigest(aws, uri, image)
  if (present) return { digest: present, copied: false }
  // The password comes by a pipe and goes out in a header: it is on no command line and in no log.
  const password = (await aws.text('ecr', 'get-login-password')).trim()
  return { digest: await copyImage(image, `${uri}:${tagOf(image)}`, { user: 'AWS', password }), copied: true }
}

/** v16.1 of postgrest/postgrest:v16.1; a digest becomes a tag of its first digits. */
function tagOf(image: string): string {
  const { reference } = parseImage(image)
  return reference.startsWith('sha256:') ? `sha256-${reference.slice(7, 19)}` : reference
}
