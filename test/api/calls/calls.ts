import type { Call } from '../../../tooling/lib/api/contract.ts'
import { COUNTS } from './counts.ts'
import { EXPOSED } from './exposed.ts'
import { FEED } from './feed.ts'
import { FORMATS } from './formats.ts'
import { POSTS_AND_VIEWS } from './posts-and-views.ts'
import { SIMILAR } from './similar.ts'
import { TOP_AND_AUTHOR } from './top.ts'
import { V1_READS } from './v1-reads.ts'
import { V1_WRITES } from './v1-writes.ts'

/** Calls on the fixture of test/support/api.ts, with their complete responses. Those that write come last. */
export const CALLS: readonly Call[] = [
  ...FEED,
  ...POSTS_AND_VIEWS,
  ...SIMILAR,
  ...COUNTS,
  ...TOP_AND_AUTHOR,
  ...FORMATS,
  ...EXPOSED,
  ...V1_READS,
  ...V1_WRITES,
]
