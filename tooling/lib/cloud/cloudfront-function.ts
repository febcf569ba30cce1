import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Failure } from '../errors.ts'

const EDGE = resolve(import.meta.dirname, '../../../infra/edge')

/** The size limit of CloudFront Functions: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html */
const MAX_BYTES = 10_240

/** The code for CloudFront: v1.js without its export, since there are no modules, followed by the handler; without comments, because of its limit. */
export function cloudFrontCode(mapping = readFileSync(join(EDGE, 'v1.js'), 'utf8')): string {
  const handler = readFileSync(join(EDGE, 'cloudfront.js'), 'utf8')
  const code = `${mapping}\n${handler}`
    .replace(/^export default .*\n/m, '')
    .replace(/^ *\/\/.*\n|^\/\*\*[\s\S]*?\*\/\n/gm, '')
    .replace(/\n{2,}/g, '\n')
    .trimStart()
  if (/^(import|export)\b/m.test(code))
    throw new Failure(
      'The edge function has an import or export.',
      'CloudFront Functions have no modules: see infra/edge.',
    )
  if (Buffer.byteLength(code) > MAX_BYTES)
    throw new Failure(
      `The edge function has ${Buffer.byteLength(code)} bytes.`,
      `CloudFront takes at most ${MAX_BYTES}.`,
    )
  return code
}
