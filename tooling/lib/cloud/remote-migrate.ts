import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Failure } from '../errors.ts'
import { exportSnapshot } from '../move/export.ts'
import { takeSnapshot } from '../move/snapshot.ts'
import { step } from '../output.ts'
import { runBuild } from './builds.ts'
import { type Environment, outputs } from './plan.ts'
import { uploadSource } from './source.ts'

export type Moved = { move: string; run: string; reports: string }

/**
 * Moves a file into the private database: the source snapshot and the export are made here, import and validation run in
 * the VPC, the reports are downloaded. Safe to run again after any failure.
 */
export async function move(place: Environment, source: string, data = 'data'): Promise<Moved> {
  const { aws, env } = place
  const runner = await outputs(place, 'runner')
  const folder = join(data, `cloud-${env}`)

  const { snapshot } = await takeSnapshot(source, folder)
  await exportSnapshot(join(folder, snapshot.file), join(folder, 'export'))
  // The same source snapshot has the same name, so a second run finds what the first one uploaded.
  const name = snapshot.sha256.slice(0, 16)
  const there = `s3://${runner.Bucket}/moves/${name}`

  await step(['Uploading', 'Uploaded'], there, async () => {
    for (const file of [snapshot.file, 'manifest.json'])
      await aws.text('s3', 'cp', join(folder, file), `${there}/in/${file}`, '--no-progress')
    await aws.text('s3', 'sync', join(folder, 'export'), `${there}/in/export`, '--delete', '--no-progress')
  })
  const code = await step(['Preparing', 'Prepared'], 'the runner', () => uploadSource(aws, runner, folder))
  const reports = join(folder, 'reports')
  const fetchReports = () => aws.text('s3', 'sync', `${there}/reports`, reports, '--no-progress')
  const run = await step(['Importing', 'Imported'], `${source} into ${env}`, async () => {
    try {
      const { id } = await runBuild(aws, runner.RunnerProject!, {
        source: code.source,
        buildspec: 'infra/buildspec/move.yml',
        variables: { DEPENDENCIES: code.dependencies, MOVE: name },
      })
      return id
    } catch (error) {
      // If there are any, they say more than the end of the log.
      await fetchReports()
      if (error instanceof Failure && existsSync(reports))
        throw new Failure(error.fact, `See the reports in ${reports}; the import is all or nothing. ${error.next}`)
      throw error
    }
  })
  await step(['Fetching', 'Fetched'], reports, fetchReports)
  return { move: name, run, reports }
}
