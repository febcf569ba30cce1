import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { minify_sync } from 'terser'
import { Failure } from '../errors.ts'

const EDGE = resolve(import.meta.dirname, '../../../infra/edge')

/** The size limit of CloudFront Functions: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html */
const MAX_BYTES = 10_240

/**
 * The code for CloudFront: one file, since there are no modules; without comments, spaces and long local names, because of its
 * limit. Nothing else is rewritten: its engine knows less than Node's.
 */
export function cloudFrontCode(mapping = read('v1.js')): string {
  const limits = read('limits.js').replace(/^export default/m, 'const limits =')
  const source = `${limits}\n${mapping}\n${read('cloudfront.js')}`.replace(/^(import|export default) .*\n/gm, '')
  const code = `${minify_sync(source, { compress: false, mangle: { toplevel: true, reserved: ['handler'] }, format: { max_line_len: 120 } }).code}\n`
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

function read(name: string): string {
  return readFileSync(join(EDGE, name), 'utf8')
}
