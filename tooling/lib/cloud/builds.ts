import { Failure } from '../errors.ts'
import { progress } from '../output.ts'
import { type Aws, waitFor } from './aws.ts'

type Build = {
  id: string
  buildStatus: 'IN_PROGRESS' | 'SUCCEEDED' | string
  currentPhase?: string
  logs?: { groupName?: string; streamName?: string }
  exportedEnvironmentVariables?: { name: string; value: string }[]
}

/** The repository's files in the bucket: who else may write there can add a version, but not change one. */
export type Source = {
  /** bucket/key */
  location: string
  version: string
}

const LOG_LINES = 30
/** The longest that CodeBuild lets a build queue and run. */
const BUILD_MINUTES = 8 * 60 + 8 * 60

/**
 * Runs a CodeBuild project with these variables and waits. If the build fails, prints the end of its log and throws.
 * Returns the build's id and the variables that its buildspec exports.
 */
export async function runBuild(
  aws: Aws,
  project: string,
  run: { source: Source; buildspec: string; variables: Record<string, string> },
): Promise<{ id: string; exported: Record<string, string> }> {
  await untilFree(aws, project)
  const { build } = await aws.call<{ build: Build }>('codebuild', 'start-build', {
    projectName: project,
    sourceTypeOverride: 'S3',
    sourceLocationOverride: run.source.location,
    sourceVersion: run.source.version,
    buildspecOverride: run.buildspec,
    environmentVariablesOverride: Object.entries(run.variables).map(([name, value]) => ({ name, value })),
  })
  const done = await finished(aws, build.id)
  if (done.buildStatus === 'SUCCEEDED') {
    const exported = (done.exportedEnvironmentVariables ?? []).map(({ name, value }) => [name, value])
    return { id: done.id, exported: Object.fromEntries(exported) }
  }
  await printLog(aws, done)
  throw new Failure(
    `The build ${done.id} ended as ${done.buildStatus}; the end of its log is above.`,
    'Fix what it reports and run the command again.',
  )
}

/** Waits for a build that is still running, perhaps of an interrupted command: there is one at a time. */
async function untilFree(aws: Aws, project: string): Promise<void> {
  // Newest first by default; asking for that order is refused above a hundred builds.
  const { ids } = await aws.call<{ ids: string[] }>(
    'codebuild',
    'list-builds-for-project',
    { projectName: project },
    '--no-paginate',
  )
  const [last] = ids
  if (!last) return
  const found = await buildOf(aws, last)
  if (found?.buildStatus !== 'IN_PROGRESS') return
  progress(`  Waiting for ${last}, which is still running`)
  await finished(aws, last)
}

function finished(aws: Aws, id: string): Promise<Build> {
  return waitFor(id, BUILD_MINUTES, async () => {
    const build = await buildOf(aws, id)
    if (!build) throw new Failure(`The build ${id} no longer exists.`, 'Run the command again.')
    return build.buildStatus === 'IN_PROGRESS' ? { status: build.currentPhase ?? 'running' } : { result: build }
  })
}

async function buildOf(aws: Aws, id: string): Promise<Build | undefined> {
  const { builds } = await aws.call<{ builds: Build[] }>('codebuild', 'batch-get-builds', { ids: [id] })
  return builds[0]
}

async function printLog(aws: Aws, { logs }: Build): Promise<void> {
  if (!logs?.groupName || !logs.streamName) return
  const found = await aws.find<{ events: { message: string }[] }>('logs', 'get-log-events', {
    logGroupName: logs.groupName,
    logStreamName: logs.streamName,
    limit: LOG_LINES,
  })
  for (const { message } of found?.events ?? []) progress(`  | ${message.trimEnd()}`)
}
