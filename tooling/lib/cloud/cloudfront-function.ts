import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Failure } from '../errors.ts'

const EDGE = resolve(import.meta.dirname, '../../../infra/edge')

/** What CloudFront Functions takes at most: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html */
const MOST_BYTES = 10_240

/** The function to deploy to CloudFront: v1.js without its export, as there are no modules, and the handler behind it. */
export function cloudFrontCode(mapping = readFileSync(join(EDGE, 'v1.js'), 'utf8')): string {
  const handler = readFileSync(join(EDGE, 'cloudfront.js'), 'utf8')
  const code = `${mapping.replace(/^export default .*\n/m, '')}\n${handler}`
  if (/^(import|export)\b/m.test(code))
    throw new Failure('The edge function imports or exports.', 'CloudFront Functions know no modules: see infra/edge.')
  if (Buffer.byteLength(code) > MOST_BYTES)
    throw new Failure(`The edge function has ${Buffer.byteLength(code)} bytes.`, `CloudFront takes ${MOST_BYTES}.`)
  return code
}
