import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { glob } from 'zx'
import { Failure } from '../errors.ts'
import { type Aws, waitFor } from './aws.ts'
import { zipFiles } from './zip.ts'

const JOB_MINUTES = 30

/** Deploys a folder of built files to a branch of Amplify Hosting, waits until it is served, and returns the number of files. */
export async function uploadPage(aws: Aws, { AppId, BranchName }: Record<string, string>, folder: string) {
  if (!existsSync(join(folder, 'index.html')))
    throw new Failure(`${folder} has no index.html.`, 'Build the page first: npm run build')
  const names = await glob('**', { cwd: folder, dot: true })
  const branch = { appId: AppId, branchName: BranchName }
  type Begun = { jobId: string; zipUploadUrl: string }
  const { jobId, zipUploadUrl } = await aws.call<Begun>('amplify', 'create-deployment', branch)

  const response = await fetch(zipUploadUrl, {
    method: 'PUT',
    headers: { 'content-type': 'application/zip' },
    body: zipFiles(folder, names),
  })
  // Without the URL: its query holds a signature.
  if (!response.ok)
    throw new Failure(`Amplify answered ${response.status} to the upload of the page.`, 'Run the command again.')

  await aws.call('amplify', 'start-deployment', { ...branch, jobId })
  const status = await waitFor(`Amplify's job ${jobId}`, JOB_MINUTES, async () => {
    const { job } = await aws.call<{ job: { summary: { status: string } } }>('amplify', 'get-job', { ...branch, jobId })
    const { status } = job.summary
    return /^(SUCCEED|FAILED|CANCELLED)$/.test(status) ? { result: status } : { status }
  })
  if (status !== 'SUCCEED')
    throw new Failure(
      `Amplify's job ${jobId} ended as ${status}.`,
      'See why in the Amplify console, then run the command again.',
    )
  return names.length
}
