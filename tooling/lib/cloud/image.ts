import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { Failure } from '../errors.ts'
import { PROJECT } from '../project.ts'
import type { Aws } from './aws.ts'
import { copyImage, parseImage } from './registry.ts'

/** The PostgREST image of compose.yaml, the one place for its version. */
export function composeImage(): string {
  type Compose = { services: Record<string, { image?: string }> }
  const { services } = parse(readFileSync(join(PROJECT, 'compose.yaml'), 'utf8')) as Compose
  const image = Object.values(services).find(({ image }) => image?.includes('postgrest/postgrest:'))?.image
  if (!image) throw new Failure('compose.yaml has no PostgREST image.', 'Pass one: --image postgrest/postgrest:TAG', 2)
  return image
}

/** The digest of the image in the private registry; undefined if it is not there. */
export async function mirroredDigest(aws: Aws, uri: string, image: string): Promise<string | undefined> {
  const found = await aws.find<{ imageDetails: { imageDigest: string }[] }>('ecr', 'describe-images', {
    repositoryName: parseImage(`${uri}:any`).name,
    imageIds: [{ imageTag: tagOf(image) }],
  })
  return found?.imageDetails[0]?.imageDigest
}

/** Copies the image to the private registry unless it is there: its tags are immutable. */
export async function mirrorImage(aws: Aws, uri: string, image: string): Promise<{ digest: string; copied: boolean }> {
  const present = await mirroredDigest(aws, uri, image)
  if (present) return { digest: present, copied: false }
  // The password is read from a pipe and sent in a header, never on a command line or in a log.
  const password = (await aws.text('ecr', 'get-login-password')).trim()
  return { digest: await copyImage(image, `${uri}:${tagOf(image)}`, { user: 'AWS', password }), copied: true }
}

/** The tag of the copy: that of the image, or the beginning of its digest. */
function tagOf(image: string): string {
  const { reference } = parseImage(image)
  return reference.startsWith('sha256:') ? `sha256-${reference.slice(7, 19)}` : reference
}
