import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { confirmer } from '../../tooling/lib/cloud/confirm.ts'
import { deploy } from '../../tooling/lib/cloud/deployment.ts'
import type { Compute } from '../../tooling/lib/cloud/plan.ts'
import { STEP_NAMES, type StepName } from '../../tooling/lib/cloud/steps.ts'
import { startCloud } from './fake/aws.ts'
import type { Cloud } from './fake/types.ts'
import { capture, plainEnvironment } from './support.ts'

export const REGION = 'eu-central-1'

type Options = { compute?: Compute; dryRun?: boolean; yes?: boolean; env?: string; parameters?: object }

/** An account, and what a test does in it. */
export type Trial = Awaited<ReturnType<typeof startTrial>>

/** An empty account, and a page to upload. */
export async function startTrial() {
  const cloud: Cloud = await startCloud()
  mkdirSync(join(cloud.dir, 'page/assets'), { recursive: true })
  writeFileSync(join(cloud.dir, 'page/index.html'), '<title>XMonitor</title>')
  writeFileSync(join(cloud.dir, 'page/assets/index-1a2b.js'), 'start()')

  /** Runs steps as npm run deploy does, with the default parameters. */
  function run(steps: readonly StepName[] = STEP_NAMES, options: Options = {}) {
    const { compute = 'ecs-express', dryRun = false, yes = false, env = 'trial', parameters = {} } = options
    return capture(() =>
      deploy({
        environment: plainEnvironment(cloud.dir, env, compute, REGION, parameters),
        steps: [...steps],
        image: cloud.registry.image,
        page: join(cloud.dir, 'page'),
        dryRun,
        confirm: confirmer(yes, { present: false, ask: async () => '' }),
        folder: join(cloud.dir, 'data'),
      }),
    )
  }

  /** The status of each stack. */
  function stacks(): Record<string, string> {
    return Object.fromEntries(Object.entries(cloud.state.stacks).map(([key, { status }]) => [key, status]))
  }

  return { cloud, run, stacks }
}
