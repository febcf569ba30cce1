import { whyNoNginx } from '../../tooling/lib/local/nginx.ts'

/** Whether the tests with nginx can run; if not, prints why. CI installs nginx, so they must run there. */
export function haveNginx(): boolean {
  const why = whyNoNginx()
  if (why && process.env.CI === 'true') throw new Error(`under CI these tests must run: ${why}`)
  if (why) console.log(`skipped: the tests with a real nginx, for ${why}`)
  return !why
}
